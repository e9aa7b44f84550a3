/* SPDX-License-Identifier: Apache-2.0 */
#define DT_DRV_COMPAT test_microphone
#include "player.h"

#include <zephyr/device.h>
#include <zephyr/kernel.h>

#define WAITING 8

K_MSGQ_DEFINE(recorded, sizeof(void *), WAITING, 4);

static struct pcm_stream_cfg stream;
static bool running, failed;

void player_reset(void)
{
	void *block;

	while (k_msgq_get(&recorded, &block, K_NO_WAIT) == 0) {
		k_mem_slab_free(stream.mem_slab, block);
	}
	running = failed = false;
	stream = (struct pcm_stream_cfg){0};
}

bool player_play(int16_t first, int16_t step)
{
	void *block;

	if (!running) {
		return false;
	}
	if (k_mem_slab_alloc(stream.mem_slab, &block, K_NO_WAIT) != 0) {
		running = false;
		failed = true;
		return false;
	}
	for (unsigned int i = 0; i < player_block(); i++) {
		((int16_t *)block)[i] = (int16_t)(first + (int)i * step);
	}
	return k_msgq_put(&recorded, &block, K_NO_WAIT) == 0;
}

bool player_runs(void)
{
	return running;
}

unsigned int player_block(void)
{
	return stream.block_size / sizeof(int16_t);
}

unsigned int player_free(void)
{
	return k_mem_slab_num_free_get(stream.mem_slab);
}

uint32_t player_rate(void)
{
	return stream.pcm_rate;
}

static int configure(const struct device *dev, struct dmic_cfg *cfg)
{
	ARG_UNUSED(dev);
	if (cfg->channel.req_num_streams != 1 || cfg->channel.req_num_chan != 1 ||
	    cfg->streams->pcm_width != 16) {
		return -ENOTSUP;
	}
	stream = *cfg->streams;
	return 0;
}

static int trigger(const struct device *dev, enum dmic_trigger cmd)
{
	ARG_UNUSED(dev);
	running = cmd == DMIC_TRIGGER_START;
	failed = failed && !running;
	return 0;
}

/* What was recorded before it stopped is still to be had. */
static int read(const struct device *dev, uint8_t number, void **buffer, size_t *size,
		int32_t timeout)
{
	int error;

	ARG_UNUSED(dev);
	ARG_UNUSED(number);
	if (failed && k_msgq_num_used_get(&recorded) == 0) {
		return -EIO;
	}
	error = k_msgq_get(&recorded, buffer, K_MSEC(timeout));
	*size = stream.block_size;
	return error;
}

static const struct _dmic_ops api = {.configure = configure, .trigger = trigger, .read = read};

DEVICE_DT_INST_DEFINE(0, NULL, NULL, NULL, NULL, POST_KERNEL, 0, &api);
