/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a job (job.h) through a subject: the same code on the host and on every target. */
#include <errno.h>
#include <string.h>

#include "job.h"
#include "platform.h"
#include "subject.h"

#define SPIN_TURNS 500000u

_Alignas(8) uint8_t runner_arena[RUNNER_ARENA];
_Alignas(4) int8_t runner_sample[RUNNER_SAMPLE];
struct slice runner_slices[JOB_MOST_SLICES];

static struct report report = {.magic = REPORT_MAGIC};
static uint8_t concurrent;

static uint32_t stop(void)
{
	uint32_t ticks = platform_stop();

	report.overrun |= ticks == PLATFORM_OVERRUN;
	return ticks;
}

static int predict(uint32_t length, struct outcome *out)
{
	int error;

	platform_start();
	error = subject_predict(length, out);
	report.predict_ticks += stop();
	report.predicted++;
	return error;
}

static int learn(uint32_t length, uint16_t label, struct outcome *before)
{
	int error;

	platform_start();
	error = subject_learn(length, label, before);
	report.learn_ticks += stop();
	report.learned++;
	return error;
}

static int timed_slice(struct slice *slice)
{
	uint32_t ticks;
	int more;

	platform_start();
	more = subject_slice();
	ticks = stop();
	report.overrun |= slice->ticks > UINT32_MAX - ticks;
	slice->ticks += ticks;
	slice->runs++;
	return more;
}

/* Predicting between the slices must not disturb the step; the last prediction goes out. */
static int learn_in_slices(uint32_t length, uint16_t label, struct outcome *last)
{
	int error = subject_learn_begin(length, label);

	for (uint32_t i = 0; error == 0; i++) {
		if (concurrent) {
			error = subject_predict(length, last);
		}
		report.slices = i < report.slices ? report.slices : i + 1;
		if (timed_slice(&runner_slices[i]) == 0) {
			break;
		}
	}
	return error;
}

static int with_sample(uint32_t length, const struct operation *op)
{
	struct outcome out = {0};
	int error = platform_read(runner_sample, (length + 3u) & ~3u);

	error = error ? error : subject_take(length);
	if (error) {
		return error;
	}
	if (op->code == JOB_PREDICT) {
		error = predict(length, &out);
	} else if (op->code == JOB_LEARN) {
		error = learn(length, op->value, &out);
	} else {
		error = learn_in_slices(length, op->value, &out);
	}
	return error ? error : platform_write(&out, sizeof(out));
}

static int perform(const struct job *job, const struct operation *op)
{
	switch (op->code) {
	case JOB_PREDICT:
	case JOB_LEARN:
	case JOB_SLICES:
		return with_sample(job->length, op);
	case JOB_FLUSH:
		return subject_flush();
	case JOB_RATE:
		return subject_rate((uint8_t)op->value, (int8_t)(op->value >> 8));
	default:
		return -ENOTSUP;
	}
}

static int open_subject(const struct job *job)
{
	size_t room;
	const void *record = platform_record(&room);

	if (job->magic != JOB_MAGIC || job->length > sizeof(runner_sample) - 3u) {
		return -EINVAL;
	}
	concurrent = job->concurrent;
	return subject_open(job, record, room, &report.need);
}

static int run_job(void)
{
	struct job job;
	int error = platform_read(&job, sizeof(job));

	error = error ? error : open_subject(&job);
	for (uint32_t i = 0; i < job.operations && error == 0; i++) {
		struct operation op;

		report.operation = i;
		error = platform_read(&op, sizeof(op));
		error = error ? error : perform(&job, &op);
	}
	return error ? error : subject_save();
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
	strncpy(report.reason, subject_reason(report.error), sizeof(report.reason) - 1u);
	if (platform_write(runner_slices, report.slices * sizeof(runner_slices[0]))) {
		return 1;
	}
	return platform_write(&report, sizeof(report)) ? 1 : 0;
}
