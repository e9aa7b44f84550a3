/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a job (job.h) through the engine: the same code on the host and on every target. */
#include <tintin/tintin.h>

#include <string.h>

#include "job.h"
#include "platform.h"

#ifndef TINTIN_TRAINING
#define TINTIN_TRAINING 1
#endif

#define SPIN_TURNS 500000u

/* The symbols' sizes are what bare.py takes off the RAM figure for what a job does not need. */
_Alignas(8) uint8_t runner_arena[RUNNER_ARENA];
_Alignas(4) int8_t runner_sample[RUNNER_SAMPLE];

struct slice runner_slices[JOB_MOST_SLICES];

static struct report report = {.magic = REPORT_MAGIC};
static struct tintin net;

static int write_prediction(const struct tintin_prediction *p)
{
	const uint16_t words[2] = {p->label, p->confidence};

	return platform_write(words, sizeof(words));
}

static uint32_t stop(void)
{
	uint32_t ticks = platform_stop();

	report.overrun |= ticks == PLATFORM_OVERRUN;
	return ticks;
}

static int predict(uint32_t length)
{
	struct tintin_prediction p;
	int error;

	platform_start();
	error = tintin_predict(&net, runner_sample, length, &p);
	report.predict_ticks += stop();
	report.predicted++;
	return error ? error : write_prediction(&p);
}

#if TINTIN_TRAINING

static int learn(uint32_t length, uint16_t label)
{
	struct tintin_prediction before;
	int error;

	platform_start();
	error = tintin_learn(&net, runner_sample, length, label, &before);
	report.learn_ticks += stop();
	report.learned++;
	return error ? error : write_prediction(&before);
}

static int timed_slice(struct slice *slice)
{
	uint32_t ticks;
	int more;

	platform_start();
	more = tintin_learn_slice(&net);
	ticks = stop();
	report.overrun |= slice->ticks > UINT32_MAX - ticks;
	slice->ticks += ticks;
	slice->runs++;
	return more;
}

/* Predicting between the slices must not disturb the step; the last prediction goes out. */
static int learn_in_slices(uint32_t length, uint16_t label)
{
	struct tintin_prediction p = {0};
	int error = tintin_learn_begin(&net, runner_sample, length, label);

	for (uint32_t i = 0; error == 0; i++) {
		if (net.options.concurrent) {
			error = tintin_predict(&net, runner_sample, length, &p);
		}
		report.slices = i < report.slices ? report.slices : i + 1;
		if (timed_slice(&runner_slices[i]) == 0) {
			break;
		}
	}
	return error ? error : write_prediction(&p);
}

static int flush(void)
{
	return tintin_learn_flush(&net);
}

#else

static int learn(uint32_t length, uint16_t label)
{
	(void)length;
	(void)label;
	return -ENOTSUP;
}

static int learn_in_slices(uint32_t length, uint16_t label)
{
	return learn(length, label);
}

static int flush(void)
{
	return -ENOTSUP;
}

#endif

static int perform(const struct job *job, const struct operation *op)
{
	struct tintin_rate rate = {(uint8_t)op->value, (int8_t)(op->value >> 8)};
	int error = 0;

	if (op->code <= JOB_SLICES) {
		error = platform_read(runner_sample, (job->length + 3u) & ~3u);
	}
	if (error) {
		return error;
	}
	switch (op->code) {
	case JOB_PREDICT:
		return predict(job->length);
	case JOB_LEARN:
		return learn(job->length, op->value);
	case JOB_SLICES:
		return learn_in_slices(job->length, op->value);
	case JOB_FLUSH:
		return flush();
	case JOB_RATE:
		return tintin_set_rate(&net, rate);
	default:
		return -ENOTSUP;
	}
}

static int open_network(const struct job *job)
{
	struct tintin_arena arena = {.base = runner_arena, .size = sizeof(runner_arena)};
	struct tintin_options options = {
		.train = job->train,
		.batch_log2 = job->batch_log2,
		.concurrent = job->concurrent != 0,
	};
	size_t room;
	const void *record = platform_record(&room);
	int error;

	if (job->magic != JOB_MAGIC || job->length > sizeof(runner_sample) - 3u) {
		return -EINVAL;
	}
	error = tintin_open(&net, record, room, &options, &arena);
	report.need = (uint32_t)arena.need;
	return error;
}

static int save_piece(void *context, const void *data, size_t n)
{
	(void)context;
	return platform_write(data, n);
}

static int run_job(void)
{
	const struct tintin_sink sink = {.write = save_piece};
	struct job job;
	int error = platform_read(&job, sizeof(job));

	error = error ? error : open_network(&job);
	for (uint32_t i = 0; i < job.operations && error == 0; i++) {
		struct operation op;

		report.operation = i;
		error = platform_read(&op, sizeof(op));
		error = error ? error : perform(&job, &op);
	}
	return error ? error : tintin_save(&net, &sink);
}

static void measure_loop(void)
{
	platform_start();
	platform_spin(SPIN_TURNS);
	report.loop = stop();
}

int runner_run(void)
{
	measure_loop();
	report.error = run_job();
	report.stack = platform_stack();
	strncpy(report.reason, tintin_reason(report.error), sizeof(report.reason) - 1u);
	if (platform_write(runner_slices, report.slices * sizeof(runner_slices[0]))) {
		return 1;
	}
	return platform_write(&report, sizeof(report)) ? 1 : 0;
}
