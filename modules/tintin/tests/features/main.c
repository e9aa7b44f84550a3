/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Readings through a pipeline. Job: struct job, then the readings. Output: values and features of
 * every vector, the state of the centres, struct report. pipelines.py reads it.
 */
#include <stdint.h>

#include <tintin/pipeline.h>

#include "platform.h"

#define MAGIC        0x45504950u /* "PIPE" */
#define CHANNELS_MAX 256
#define MEMORY       8192

struct job {
	uint32_t magic;
	uint32_t readings;
	struct tintin_pipeline_description description;
};

struct report {
	uint32_t magic;
	uint32_t vectors;
	uint32_t push_ticks; /* of the pushes that ended no vector */
	uint32_t last_ticks; /* of those that did */
	uint32_t stack;
};

static uint32_t memory[MEMORY / 4];
static struct tintin_pipeline pipeline;
static struct job job;
static struct report report = {.magic = MAGIC};

static int put_vector(void)
{
	int error = platform_write(tintin_pipeline_values(&pipeline),
				   pipeline.length * sizeof(int16_t));

	return error ? error : platform_write(pipeline.features, pipeline.length);
}

static int push(const int16_t *reading)
{
	uint32_t ticks;
	bool ready;

	platform_start();
	ready = tintin_pipeline_push(&pipeline, reading);
	ticks = platform_stop();
	if (!ready) {
		report.push_ticks += ticks;
		return 0;
	}
	report.last_ticks += ticks;
	report.vectors++;
	return put_vector();
}

static int push_all(void)
{
	static int16_t reading[CHANNELS_MAX];
	int error = 0;

	for (uint32_t i = 0; i < job.readings && error == 0; i++) {
		error = platform_read(reading, job.description.channels * sizeof(*reading));
		error = error ? error : push(reading);
	}
	return error;
}

static int put_state(void)
{
	static uint8_t state[1280];
	size_t size = tintin_pipeline_state_size(&pipeline);

	if (size > sizeof(state)) {
		return -1;
	}
	tintin_pipeline_save(&pipeline, state);
	return platform_write(state, size);
}

int runner_run(void)
{
	if (platform_read(&job, sizeof(job)) != 0 || job.magic != MAGIC ||
	    tintin_pipeline_open(&pipeline, &job.description, memory, sizeof(memory)) != 0) {
		return 2;
	}
	if (push_all() != 0 || put_state() != 0) {
		return 3;
	}
	report.stack = platform_stack();
	return platform_write(&report, sizeof(report));
}
