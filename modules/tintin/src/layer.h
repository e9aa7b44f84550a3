/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What a layer is to its own code. An op (dense.c, conv2d.c, max_pool.c, avg_pool.c) sees one
 * layer through a view of pointers and knows nothing of networks, arenas or records.
 */
#ifndef TT_LAYER_H_
#define TT_LAYER_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tintin/record.h>

#ifndef TINTIN_TRAINING
#define TINTIN_TRAINING 1
#endif

/** One layer, resolved for the length of a call. K = fan_in, O = out.c. */
struct tt_view {
	const struct tintin_layer_entry *entry;
	struct tintin_shape in, out;
	uint32_t fan_in;
	struct tintin_layer_state *state;
	int8_t *weight;    /* [O][K]; only a trained layer's may be written */
	uint8_t *fraction; /* packed fraction bits; NULL for none */
	int32_t *bias;     /* [O], 2^-20 */
	int32_t *gradient; /* mini-batch: [O][K] then [O]; NULL at batch 1 */
	uint8_t *index;    /* max pool: packed argmax; NULL when nothing will go back */
	void *scratch;     /* tt_op.scratch() bytes, 4-byte aligned */
	bool last;         /* output is int32 logits */
	bool learns;       /* a learning step, and this layer or one below is trained */
	bool masked;       /* the input is a ReLU's output: no error passes where it is 0 */
};

struct tt_forward {
	const int8_t *in;
	void *out; /* int8 [h][w][c], or int32 [c] of the last layer */
	uint32_t span; /* out: OR of |acc| */
	int16_t in_exp;
	int16_t out_exp; /* out */
};

struct tt_backward {
	const int8_t *in;    /* a: the layer's input in the forward pass, where it was kept */
	const int8_t *error; /* e: at the layer's output */
	int8_t *in_error;    /* out: at the layer's input; NULL at the lowest layer that learns */
	uint32_t span;       /* out: OR of |dx| */
	uint32_t *rng;
	int16_t in_exp, error_exp;
	int16_t in_error_exp; /* out */
	int8_t rate_shift;    /* L */
	uint8_t batch_log2;
};

/** The three passes of one layer kind. */
struct tt_op {
	void (*forward)(const struct tt_view *v, struct tt_forward *f);
	void (*backward)(const struct tt_view *v, struct tt_backward *b);
	void (*update)(const struct tt_view *v, struct tt_backward *b); /* NULL: no weights */
	uint32_t (*scratch)(const struct tt_view *v, bool training); /* bytes */
};

extern const struct tt_op tt_dense, tt_conv2d, tt_max_pool, tt_avg_pool;

const struct tt_op *tt_op_of(uint8_t kind);

static inline bool tt_has_weights(const struct tintin_layer_entry *entry)
{
	return entry->kind == TINTIN_DENSE || entry->kind == TINTIN_CONV2D;
}

static inline uint32_t tt_volume(struct tintin_shape s)
{
	return (uint32_t)s.h * s.w * s.c;
}

/** Part [begin, end) of a window that lies inside the input, along one axis. */
struct tt_taps {
	int32_t origin; /* input coordinate of tap 0, negative in the padding */
	uint32_t begin, end;
};

static inline struct tt_taps tt_taps(uint32_t out_at, uint32_t stride, uint32_t pad,
				     uint32_t kernel, uint32_t extent)
{
	struct tt_taps t = {.origin = (int32_t)(out_at * stride) - (int32_t)pad, .end = kernel};

	if (t.origin < 0) {
		t.begin = (uint32_t)-t.origin;
	}
	if (t.origin + (int32_t)kernel > (int32_t)extent) {
		t.end = (uint32_t)((int32_t)extent - t.origin);
	}
	return t;
}

#endif
