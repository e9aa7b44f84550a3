/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The source of a microphone (source.h): Zephyr's DMIC API fills blocks, and so many samples that
 * follow each other make one reading, their mean.
 */
#include "source.h"

#include <zephyr/audio/dmic.h>
#include <zephyr/device.h>
#include <zephyr/logging/log.h>

#include "input.h"
#include "pipeline_node.h"
#include "scale.h"

LOG_MODULE_DECLARE(sense, CONFIG_APP_LOG_LEVEL);

#define RATE       DT_PROP(PIPELINE, microphone_rate_hz)
#define MEAN_OF    DT_PROP(PIPELINE, microphone_mean_of)
#define REST_MS    DT_PROP(PIPELINE, rest_ms)
#define TIMEOUT_MS DT_PROP(PIPELINE, timeout_ms)
#define BLOCK_MS   32
#define SAMPLES    (RATE / 1000 * BLOCK_MS)
#define BLOCK      (SAMPLES * sizeof(int16_t))

BUILD_ASSERT(CHANNELS == 1, "tintin,pipeline: a microphone has one channel");
BUILD_ASSERT(SAMPLES % MEAN_OF == 0, "tintin,pipeline: microphone-mean-of must divide a block");

K_MEM_SLAB_DEFINE_STATIC(blocks, BLOCK, CONFIG_APP_MICROPHONE_BLOCKS, 4);

static const struct device *const microphone = DEVICE_DT_GET(DT_PHANDLE(PIPELINE, sensor));
static const struct scale scale = {
	.per_unit = 1,
	.offset = (int32_t)DT_PROP(PIPELINE, offset),
	.shift = (int8_t)(int32_t)DT_PROP(PIPELINE, shift),
	.low = INPUT_LOW,
	.high = INPUT_HIGH,
};

static int16_t *block; /* that is being read, NULL: none */
static size_t samples, at;
static int failure; /* of the newest read */

static int configure(void)
{
	struct pcm_stream_cfg stream = {
		.pcm_rate = RATE,
		.pcm_width = 16,
		.block_size = BLOCK,
		.mem_slab = &blocks,
	};
	struct dmic_cfg cfg = {
		/* What PDM microphones take: 1 to 3.5 MHz, nearly square. */
		.io = {.min_pdm_clk_freq = 1000000,
		       .max_pdm_clk_freq = 3500000,
		       .min_pdm_clk_dc = 40,
		       .max_pdm_clk_dc = 60},
		.streams = &stream,
		.channel = {.req_num_streams = 1,
			    .req_num_chan = 1,
			    .req_chan_map_lo = dmic_build_channel_map(0, 0, PDM_CHAN_LEFT)},
	};

	return dmic_configure(microphone, &cfg);
}

int source_open(void)
{
	int error = device_is_ready(microphone) ? configure() : -ENODEV;

	error = error ? error : dmic_trigger(microphone, DMIC_TRIGGER_START);
	if (error) {
		LOG_ERR("the microphone %s cannot be used (%d)", microphone->name, error);
	}
	return error;
}

static void drop_block(void)
{
	if (block != NULL) {
		k_mem_slab_free(&blocks, block);
		block = NULL;
	}
}

static int take_block(int32_t timeout_ms)
{
	void *buffer;
	size_t size;
	int error = dmic_read(microphone, 0, &buffer, &size, timeout_ms);

	if (error == 0) {
		block = buffer;
		samples = size / sizeof(*block);
		at = 0;
	}
	return error;
}

/* A driver that found no free block has stopped by itself: what was recorded is read, and it
 * begins anew. */
static void begin_again(void)
{
	(void)dmic_trigger(microphone, DMIC_TRIGGER_STOP);
	while (take_block(0) == 0) {
		drop_block();
	}
	(void)dmic_trigger(microphone, DMIC_TRIGGER_START);
}

void source_wait(void)
{
	if (block == NULL) {
		failure = take_block(TIMEOUT_MS);
	}
	if (failure) {
		begin_again();
	}
}

bool source_rests(void)
{
	return REST_MS > 0;
}

void source_rest(void)
{
	drop_block();
	(void)dmic_trigger(microphone, DMIC_TRIGGER_STOP);
	k_msleep(REST_MS);
	begin_again();
}

int source_read(int16_t *values)
{
	struct sensor_value mean = {0};

	if (block == NULL || at + MEAN_OF > samples) {
		drop_block();
		return failure ? failure : -EAGAIN;
	}
	for (unsigned int i = 0; i < MEAN_OF; i++) {
		mean.val1 += block[at++];
	}
	mean.val1 /= MEAN_OF;
	*values = scale_value(&scale, &mean);
	return 0;
}

bool source_queues(void)
{
	return true;
}

int source_timeout_ms(void)
{
	return TIMEOUT_MS;
}
