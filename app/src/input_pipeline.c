/* SPDX-License-Identifier: Apache-2.0 */
/* Readings through front ends: tintin/pipeline.h, described by the devicetree. */
#include "input.h"

#include <zephyr/logging/log.h>
#include <zephyr/toolchain.h>

#include <tintin/error.h>
#include <tintin/service.h>

#include "centres.h"
#include "description.h"
#include "identity.h"

LOG_MODULE_DECLARE(sense, CONFIG_APP_LOG_LEVEL);

static const struct tintin_pipeline_description description = DESCRIPTION;
static uint8_t memory[CONFIG_APP_PIPELINE_SIZE] __aligned(4);
static struct tintin_pipeline pipeline;

static int check_size(void)
{
	size_t need = tintin_pipeline_size(&description);

	if (need == 0) {
		LOG_ERR("the description of the front ends is out of range");
		return -EINVAL;
	}
	if (need > sizeof(memory)) {
		LOG_ERR("the front ends take %u bytes, CONFIG_APP_PIPELINE_SIZE is %u",
			(unsigned int)need, (unsigned int)sizeof(memory));
		return -ENOMEM;
	}
	return 0;
}

void input_attach(void)
{
	centres_attach(&pipeline);
	tintin_service_identify(identity_of(&description));
}

int input_open(void)
{
	int error = check_size();

	if (error) {
		return error;
	}
	error = tintin_pipeline_open(&pipeline, &description, memory, sizeof(memory));
	error = error ? error : centres_begin(&pipeline);
	if (error) {
		LOG_ERR("the factory's centres cannot be used (%d)%s", error,
			error == -ESTALE ? ": they are those of another description" : "");
	}
	return error;
}

bool input_push(const int16_t *reading)
{
	bool ready;

	centres_lock();
	ready = tintin_pipeline_push(&pipeline, reading);
	centres_unlock();
	return ready;
}

struct input_vector input_vector(void)
{
	return (struct input_vector){.x = pipeline.features, .n = pipeline.length};
}

size_t input_restart(void)
{
	size_t dropped = input_filled();

	tintin_pipeline_restart(&pipeline);
	return dropped;
}

/* Windows overlap: what the next vector begins with counts. */
size_t input_filled(void)
{
	bool whole = pipeline.frames == description.frames;
	size_t frames = whole ? (size_t)(description.frames - description.step) : pipeline.frames;

	return (frames * description.hop + pipeline.filled) * READING_VALUES;
}

size_t input_length(void)
{
	return ((size_t)(description.frames - 1) * description.hop + description.window) *
	       READING_VALUES;
}
