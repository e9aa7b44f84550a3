/* SPDX-License-Identifier: Apache-2.0 */
/* The network: memory, forward, loss, backward. */
#include <math.h>

#include "float_net.h"

struct memory {
	char *base;
	size_t size, used;
};

static void *take(struct memory *m, size_t bytes)
{
	void *p = m->base + m->used;

	m->used += (bytes + 3u) & ~(size_t)3u;
	return m->used <= m->size ? p : NULL;
}

static float *take_floats(struct memory *m, size_t n)
{
	return take(m, n * sizeof(float));
}

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

size_t float_net_open(struct float_net *net, void *memory, size_t size)
{
	struct memory m = {.base = memory, .size = size};
	size_t error[2] = {0}, patch = 0;

	net->x = take_floats(&m, float_volume(&net->layer[0].in));
	for (int32_t i = 0; i < net->layers; i++) {
		const struct float_layer *l = &net->layer[i];
		struct float_state *s = &net->state[i];
		size_t n = float_volume(&l->out);

		s->y = take_floats(&m, n);
		error[i % 2] = larger(error[i % 2], n);
		if (l->kind == FLOAT_POOL) {
			s->argmax = take(&m, n * sizeof(*s->argmax));
			continue;
		}
		s->weight = take_floats(&m, l->out.c * float_fan_in(l));
		s->bias = take_floats(&m, l->out.c);
		patch = l->kind == FLOAT_CONV ? larger(patch, float_fan_in(l)) : patch;
	}
	net->error[0] = take_floats(&m, error[0]);
	net->error[1] = take_floats(&m, error[1]);
	net->patch = take_floats(&m, patch);
	net->dpatch = take_floats(&m, patch);
	return m.used;
}

static void forward(struct float_net *net)
{
	const float *x = net->x;

	for (int32_t i = 0; i < net->layers; i++) {
		const struct float_layer *l = &net->layer[i];
		struct float_state *s = &net->state[i];

		if (l->kind == FLOAT_DENSE) {
			float_dense_forward(l, s, x);
		} else if (l->kind == FLOAT_CONV) {
			float_conv_forward(l, s, x, net->patch);
		} else {
			float_pool_forward(l, s, x);
		}
		x = s->y;
	}
}

/* dx = NULL: nothing below learns. */
static void backward(struct float_net *net, int32_t i, float *e, float *dx, float rate)
{
	const struct float_layer *l = &net->layer[i];
	struct float_state *s = &net->state[i];
	const float *x = i > 0 ? net->state[i - 1].y : net->x;

	for (size_t k = 0; l->relu && k < float_volume(&l->out); k++) {
		e[k] = s->y[k] > 0 ? e[k] : 0;
	}
	if (l->kind == FLOAT_DENSE) {
		if (dx != NULL) {
			float_dense_backward(l, s, e, dx);
		}
		float_dense_update(l, s, x, e, rate);
	} else if (l->kind == FLOAT_CONV) {
		const struct float_conv_update u = {x, e, rate, net->patch};

		if (dx != NULL) {
			float_conv_backward(l, s, e, dx, net->dpatch);
		}
		float_conv_update(l, s, &u);
	} else if (dx != NULL) {
		float_pool_backward(l, s, e, dx);
	}
}

static int best_of(const float *z, int32_t n)
{
	int best = 0;

	for (int i = 1; i < n; i++) {
		best = z[i] > z[best] ? i : best;
	}
	return best;
}

/* Softmax cross-entropy: error_i = p_i - [i = label]. */
static void loss(const float *z, int32_t n, int label, float *error)
{
	float sum = 0, top = z[best_of(z, n)];

	for (int i = 0; i < n; i++) {
		error[i] = expf(z[i] - top);
		sum += error[i];
	}
	for (int i = 0; i < n; i++) {
		error[i] = error[i] / sum - (i == label ? 1.0f : 0.0f);
	}
}

int float_net_predict(struct float_net *net)
{
	int32_t last = net->layers - 1;

	forward(net);
	return best_of(net->state[last].y, net->layer[last].out.c);
}

int float_net_learn(struct float_net *net, int label, float rate)
{
	int32_t last = net->layers - 1;
	int before = float_net_predict(net);

	loss(net->state[last].y, net->layer[last].out.c, label, net->error[last % 2]);
	for (int32_t i = last; i >= 0; i--) {
		float *dx = i > 0 ? net->error[(i + 1) % 2] : NULL;

		backward(net, i, net->error[i % 2], dx, rate);
	}
	return before;
}
