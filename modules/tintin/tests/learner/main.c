/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A learner's life. Job: struct job, then its samples, each a label and job.length int8 (padded to a
 * multiple of 4). Output: the learner's memory, sealed, the record of the last good state, struct
 * report. lives.py reads it.
 */
#include <string.h>

#include <tintin/learner.h>

#include "platform.h"

#define MAGIC      0x4546494cu /* "LIFE" */
#define MEMORY     65536
#define RECORD     16384
#define SAMPLE     1024

struct job {
	uint32_t magic;
	uint32_t samples, length;
	uint8_t method, replays;
	uint16_t slots;
	uint16_t burst;
	uint16_t share;
	uint32_t train;
};

/* What a slice was for. */
enum kind {
	PREDICT, /* no slice: a sample observed, its prediction included */
	STEP,
	JUDGE, /* one held-out sample */
	OTHER, /* the verdict, a keep or restore, a pull, the beginning of a step */
	KINDS,
};

struct count {
	uint32_t runs, most;
	uint32_t sum[2]; /* low, high word */
};

struct report {
	uint32_t magic;
	int32_t error;
	uint32_t stack, overrun;
	struct tintin_counters counters;
	struct count count[KINDS];
};

struct record {
	_Alignas(4) uint8_t bytes[RECORD];
	size_t size;
};

static _Alignas(8) uint8_t arena_bytes[65536];
static _Alignas(4) uint8_t memory[MEMORY];
static struct record saved[2];
static int current = -1; /* which is the last good state; -1: the record as it was given */
static struct tintin net;
static struct tintin_arena arena = {.base = arena_bytes, .size = sizeof(arena_bytes)};
static struct tintin_learner learner;
static struct job job;
static struct report report = {.magic = MAGIC};

static int put(void *context, const void *data, size_t n)
{
	struct record *to = context;

	if (n > RECORD - to->size) {
		return -1;
	}
	memcpy(to->bytes + to->size, data, n);
	to->size += n;
	return 0;
}

static int keep(void *context)
{
	struct record *to = &saved[current == 0];
	const struct tintin_sink sink = {.write = put, .context = to};
	int error;

	(void)context;
	to->size = 0;
	error = tintin_save(&net, &sink);
	error = error ? error : tintin_rebase(&net, to->bytes, to->size);
	if (error == 0) {
		current = current == 0;
	}
	return error;
}

static int restore(void *context)
{
	struct tintin_options options = net.options;
	size_t size;
	const void *record = platform_record(&size);

	(void)context;
	if (current >= 0) {
		record = saved[current].bytes;
		size = saved[current].size;
	}
	return tintin_open(&net, record, size, &options, &arena);
}

static void count(enum kind kind)
{
	uint32_t ticks = platform_stop();
	struct count *c = &report.count[kind];

	report.overrun |= ticks == PLATFORM_OVERRUN;
	c->runs++;
	c->most = ticks > c->most ? ticks : c->most;
	c->sum[1] += c->sum[0] > UINT32_MAX - ticks;
	c->sum[0] += ticks;
}

/* As the learner's own order has it. */
static enum kind next_kind(void)
{
	struct tintin_slot slot;
	uint16_t cursor = learner.state->cursor;

	if (net.phase != 0) {
		return STEP;
	}
	if (cursor != 0 && tintin_replay_held(learner.replay, (uint16_t)(cursor - 1u), &slot) == 0) {
		return JUDGE;
	}
	return OTHER;
}

static void run_slices(void)
{
	enum kind kind;
	int more;

	do {
		kind = next_kind();
		platform_start();
		more = tintin_learner_slice(&learner);
		count(kind);
	} while (more);
}

static int live(void)
{
	static int8_t x[SAMPLE];
	struct tintin_prediction p;
	int32_t label;
	int error = platform_read(&label, sizeof(label));

	error = error ? error : platform_read(x, (job.length + 3u) & ~3u);
	if (error) {
		return error;
	}
	platform_start();
	error = tintin_learner_observe(&learner, x, job.length, label, &p);
	count(PREDICT);
	run_slices();
	return error;
}

static int begin(void)
{
	const struct tintin_learner_hooks hooks = {.keep = keep, .restore = restore};
	struct tintin_options options = {.train = job.train};
	struct tintin_learner_options how;
	size_t size;
	const void *record = platform_record(&size);
	int error = tintin_open(&net, record, size, &options, &arena);

	tintin_learner_defaults(&how);
	how.method = job.method;
	how.replays = job.replays;
	how.slots = job.slots;
	how.burst = job.burst;
	how.share = (uint8_t)job.share;
	error = error ? error
		      : tintin_learner_open(&learner, &net, &how, &hooks, memory, sizeof(memory));
	return error ? error : tintin_learner_close(&learner, TINTIN_NO_LABEL);
}

static int finish(void)
{
	int error = tintin_learner_settle(&learner);

	run_slices();
	error = error ? error : tintin_learner_seal(&learner);
	error = error ? error : platform_write(memory, learner.state->size);
	return error ? error : platform_write(saved[current].bytes, saved[current].size);
}

int runner_run(void)
{
	if (platform_read(&job, sizeof(job)) != 0 || job.magic != MAGIC || job.length > SAMPLE) {
		return 2;
	}
	report.error = begin();
	for (uint32_t i = 0; i < job.samples && report.error == 0; i++) {
		report.error = live();
	}
	if (report.error == 0) {
		report.error = finish();
		report.counters = *tintin_learner_counters(&learner);
	}
	report.stack = platform_stack();
	return platform_write(&report, sizeof(report));
}
