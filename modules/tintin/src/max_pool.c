/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Max pool. Input a [ih][iw][C], output [oh][ow][C]; padding never wins.
 *
 *   forward   out = max over the window, index = ky * kw + kx of the first maximum
 *   backward  the error goes to the index
 *
 * Exponents stay as they are. Indices are packed in the fewest bits that do not cross a byte.
 */
#include "output.h"
#include "pool_index.h"

/* The input element that output element i (channel included) chose, for window place `index`. */
static uint32_t source(const struct tt_view *v, uint32_t i, uint32_t index)
{
	uint32_t c = i % v->out.c, x = i / v->out.c % v->out.w, y = i / v->out.c / v->out.w;
	uint32_t iy = y * v->entry->stride_h + index / v->entry->kernel_w - v->entry->pad_top;
	uint32_t ix = x * v->entry->stride_w + index % v->entry->kernel_w - v->entry->pad_left;

	return (iy * v->in.w + ix) * v->in.c + c;
}

/* First maximum of output element i's window; *best is its value. */
static uint32_t first_maximum(const struct tt_view *v, const int8_t *in, uint32_t i, int8_t *best)
{
	uint32_t x = i / v->out.c % v->out.w, y = i / v->out.c / v->out.w, index = 0;
	const struct tintin_layer_entry *e = v->entry;
	struct tt_taps ty = tt_taps(y, e->stride_h, e->pad_top, e->kernel_h, v->in.h);
	struct tt_taps tx = tt_taps(x, e->stride_w, e->pad_left, e->kernel_w, v->in.w);

	*best = INT8_MIN;
	for (uint32_t ky = ty.begin; ky < ty.end; ky++) {
		for (uint32_t kx = tx.begin; kx < tx.end; kx++) {
			int8_t value = in[source(v, i, ky * e->kernel_w + kx)];

			if (value > *best) {
				*best = value;
				index = ky * e->kernel_w + kx;
			}
		}
	}
	return index;
}

static void max_pool_forward(const struct tt_view *v, struct tt_forward *f)
{
	int8_t *out = f->out;
	uint32_t n = tt_volume(v->out);

	if (v->index != NULL) {
		memset(v->index, 0, tt_index_bytes(v->entry, n));
	}
	for (uint32_t i = 0; i < n; i++) {
		uint32_t index = first_maximum(v, f->in, i, &out[i]);

		if (v->index != NULL) {
			tt_index_put(v->entry, v->index, i, index);
		}
	}
	f->out_exp = f->in_exp;
	f->span = 0;
}

#if TINTIN_TRAINING

static void max_pool_backward(const struct tt_view *v, struct tt_backward *b)
{
	uint32_t n = tt_volume(v->out);

	memset(b->in_error, 0, tt_volume(v->in));
	for (uint32_t i = 0; i < n; i++) {
		if (b->error[i] != 0) {
			int8_t *dx = &b->in_error[source(v, i, tt_index_get(v->entry, v->index, i))];

			*dx = tt_clip(*dx + b->error[i]);
		}
	}
	b->in_error_exp = b->error_exp;
	b->span = 0;
}

#endif

static uint32_t max_pool_scratch(const struct tt_view *v, bool training)
{
	(void)v;
	(void)training;
	return 0;
}

const struct tt_op tt_max_pool = {
	.forward = max_pool_forward,
#if TINTIN_TRAINING
	.backward = max_pool_backward,
#endif
	.scratch = max_pool_scratch,
};
