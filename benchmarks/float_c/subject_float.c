/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The float network as what the bare runner runs. Its record, written by float_c.py:
 * struct record, struct float_layer for each layer, then for each with weights [O][K] and [O].
 * What it saves is the weights and biases alone.
 */
#include <errno.h>
#include <string.h>

#include "float_net.h"
#include "platform.h"
#include "subject.h"

#define RECORD_MAGIC 0x31544c46u /* "FLT1" */

struct record {
	uint32_t magic;
	int32_t layers;
	float scale; /* real input = int8 * scale */
};

static struct float_net net;
static float input_scale, rate;

static size_t weights_of(const struct float_layer *l)
{
	return l->kind == FLOAT_POOL ? 0 : l->out.c * float_fan_in(l);
}

static void load_weights(const float *from)
{
	for (int32_t i = 0; i < net.layers; i++) {
		const struct float_layer *l = &net.layer[i];
		size_t n = weights_of(l);

		if (n > 0) {
			memcpy(net.state[i].weight, from, n * sizeof(*from));
			memcpy(net.state[i].bias, from + n, (size_t)l->out.c * sizeof(*from));
			from += n + (size_t)l->out.c;
		}
	}
}

int subject_open(const struct job *job, const void *record, size_t room, uint32_t *need)
{
	const struct record *r = record;

	(void)job;
	if (room < sizeof(*r) || r->magic != RECORD_MAGIC || r->layers > FLOAT_MOST_LAYERS) {
		return -EINVAL;
	}
	net.layer = (const struct float_layer *)(r + 1);
	net.layers = r->layers;
	input_scale = r->scale;
	*need = (uint32_t)float_net_open(&net, runner_arena, sizeof(runner_arena));
	if (*need > sizeof(runner_arena)) {
		return -ENOMEM;
	}
	load_weights((const float *)(net.layer + net.layers));
	return 0;
}

int subject_take(uint32_t length)
{
	for (uint32_t k = 0; k < length; k++) {
		net.x[k] = (float)runner_sample[k] * input_scale;
	}
	return length == float_volume(&net.layer[0].in) ? 0 : -EINVAL;
}

int subject_predict(uint32_t length, struct outcome *out)
{
	(void)length;
	out->label = (uint16_t)float_net_predict(&net);
	return 0;
}

int subject_learn(uint32_t length, uint16_t label, struct outcome *before)
{
	(void)length;
	before->label = (uint16_t)float_net_learn(&net, label, rate);
	return 0;
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
	return 0;
}

int subject_rate(uint8_t mantissa, int8_t shift)
{
	rate = (float)mantissa / 8.0f;
	for (; shift > 0; shift--) {
		rate /= 2.0f;
	}
	for (; shift < 0; shift++) {
		rate *= 2.0f;
	}
	return 0;
}

int subject_save(void)
{
	for (int32_t i = 0; i < net.layers; i++) {
		const struct float_layer *l = &net.layer[i];
		size_t n = weights_of(l);

		if (n > 0 && (platform_write(net.state[i].weight, n * sizeof(float)) ||
			      platform_write(net.state[i].bias, (size_t)l->out.c * sizeof(float)))) {
			return -EIO;
		}
	}
	return 0;
}

const char *subject_reason(int error)
{
	return error == -ENOMEM ? "the network does not fit the memory" : "not a float network";
}
