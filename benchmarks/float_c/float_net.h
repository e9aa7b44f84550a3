/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A neural network that learns by plain SGD at batch 1 in float32, as one would write it for a
 * microcontroller: clear loops, no gradient that is stored, no memory but what the caller gives.
 *
 * A tensor is [h][w][c]; weights are [O][K], K over [kernel_h][kernel_w][c]. A layer's step:
 *
 *   forward    y[o]    = b[o] + sum_k w[o,k] * x[k]       (convolution: x is the patch at p)
 *   backward   dx[k]   = sum_o e[o] * w[o,k]
 *   update     w[o,k] -= rate * e[o] * x[k],  b[o] -= rate * e[o]
 *
 * FLOAT_SKIP_ZEROS: leave out the work of output errors that are 0, as behind a ReLU or max pool.
 */
#ifndef FLOAT_NET_H_
#define FLOAT_NET_H_

#include <stddef.h>
#include <stdint.h>

#ifndef FLOAT_SKIP_ZEROS
#define FLOAT_SKIP_ZEROS 0
#endif

#define FLOAT_MOST_LAYERS 8

enum float_kind {
	FLOAT_DENSE = 1,
	FLOAT_CONV = 2,
	FLOAT_POOL = 3, /* max pool */
};

struct float_shape {
	int32_t h, w, c;
};

/* As it lies in the record that float_c.py writes. */
struct float_layer {
	int32_t kind, relu;
	struct float_shape in, out;
	int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left;
};

/* What a layer has in RAM. */
struct float_state {
	float *weight, *bias; /* [O][K], [O] */
	float *y;             /* output */
	uint16_t *argmax;     /* max pool: where in its input each output comes from */
};

struct float_net {
	const struct float_layer *layer;
	int32_t layers;
	struct float_state state[FLOAT_MOST_LAYERS];
	float *x;              /* input */
	float *error[2];       /* of the output of even and of odd layers */
	float *patch, *dpatch; /* of a convolution */
};

/**
 * Lay a network out in memory; its weights are then to be filled in.
 *
 * @param memory  8-byte aligned
 * @return bytes that it takes, also where that is more than @p size
 */
size_t float_net_open(struct float_net *net, void *memory, size_t size);

/** Values in a tensor. */
static inline size_t float_volume(const struct float_shape *s)
{
	return (size_t)s->h * s->w * s->c;
}

/** K: inputs of one output. */
static inline size_t float_fan_in(const struct float_layer *l)
{
	return l->kind == FLOAT_DENSE ? float_volume(&l->in)
				      : (size_t)l->kernel_h * l->kernel_w * l->in.c;
}

/** @return the class of net->x */
int float_net_predict(struct float_net *net);

/** Learn that net->x is @p label. @return the class before learning */
int float_net_learn(struct float_net *net, int label, float rate);

/* One layer, in dense.c, conv.c and pool.c. e: error at its output; dx: at its input. */

void float_dense_forward(const struct float_layer *l, struct float_state *s, const float *x);
void float_dense_backward(const struct float_layer *l, const struct float_state *s, const float *e,
			  float *dx);
void float_dense_update(const struct float_layer *l, struct float_state *s, const float *x,
			const float *e, float rate);

void float_conv_forward(const struct float_layer *l, struct float_state *s, const float *x,
			float *patch);
void float_conv_backward(const struct float_layer *l, const struct float_state *s, const float *e,
			 float *dx, float *dpatch);

struct float_conv_update {
	const float *x, *e;
	float rate;
	float *patch;
};
void float_conv_update(const struct float_layer *l, struct float_state *s,
		       const struct float_conv_update *u);

void float_pool_forward(const struct float_layer *l, struct float_state *s, const float *x);
void float_pool_backward(const struct float_layer *l, const struct float_state *s, const float *e,
			 float *dx);

#endif
