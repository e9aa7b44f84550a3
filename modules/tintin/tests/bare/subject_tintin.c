/* SPDX-License-Identifier: Apache-2.0 */
/* The engine as what the runner runs. Without training, what learns is refused. */
#include <tintin/tintin.h>

#include "platform.h"
#include "subject.h"

#ifndef TINTIN_TRAINING
#define TINTIN_TRAINING 1
#endif

static struct tintin net;

int subject_open(const struct job *job, const void *record, size_t room, uint32_t *need)
{
	struct tintin_arena arena = {.base = runner_arena, .size = sizeof(runner_arena)};
	struct tintin_options options = {
		.train = job->train,
		.batch_log2 = job->batch_log2,
		.concurrent = job->concurrent != 0,
	};
	int error = tintin_open(&net, record, room, &options, &arena);

	*need = (uint32_t)arena.need;
	return error;
}

int subject_take(uint32_t length)
{
	(void)length;
	return 0;
}

int subject_predict(uint32_t length, struct outcome *out)
{
	struct tintin_prediction p = {0};
	int error = tintin_predict(&net, runner_sample, length, &p);

	*out = (struct outcome){p.label, p.confidence};
	return error;
}

#if TINTIN_TRAINING

int subject_learn(uint32_t length, uint16_t label, struct outcome *before)
{
	struct tintin_prediction p = {0};
	int error = tintin_learn(&net, runner_sample, length, label, &p);

	*before = (struct outcome){p.label, p.confidence};
	return error;
}

int subject_learn_begin(uint32_t length, uint16_t label)
{
	return tintin_learn_begin(&net, runner_sample, length, label);
}

int subject_slice(void)
{
	return tintin_learn_slice(&net);
}

int subject_flush(void)
{
	return tintin_learn_flush(&net);
}

#else

int subject_learn(uint32_t length, uint16_t label, struct outcome *before)
{
	(void)before;
	return subject_learn_begin(length, label);
}

int subject_learn_begin(uint32_t length, uint16_t label)
{
	(void)length;
	(void)label;
	return -ENOTSUP;
}

int subject_slice(void)
{
	return 0;
}

int subject_flush(void)
{
	return -ENOTSUP;
}

#endif

int subject_rate(uint8_t mantissa, int8_t shift)
{
	return tintin_set_rate(&net, (struct tintin_rate){mantissa, shift});
}

static int save_piece(void *context, const void *data, size_t n)
{
	(void)context;
	return platform_write(data, n);
}

int subject_save(void)
{
	const struct tintin_sink sink = {.write = save_piece};

	return tintin_save(&net, &sink);
}

const char *subject_reason(int error)
{
	return tintin_reason(error);
}
