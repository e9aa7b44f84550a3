/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Max pool. Input a [ih][iw][C], output [oh][ow][C]; padding never wins.
 *
 *   forward   out = max over the window, index = ky * kw + kx of the first maximum
 *   backward  the error goes to the index
 *
 * Exponents stay as they are. Indices are packed in the fewest bits that do not cross a byte.
 */
#include "kernels/kernels.h"
#include "kernels/pool.h"
#include "output.h"
#include "pool_index.h"

static struct tt_taps rows(const struct tt_view *v, uint32_t y)
{
	return tt_taps(y, v->entry->stride_h, v->entry->pad_top, v->entry->kernel_h, v->in.h);
}

static struct tt_taps columns(const struct tt_view *v, uint32_t x)
{
	return tt_taps(x, v->entry->stride_w, v->entry->pad_left, v->entry->kernel_w, v->in.w);
}

/* Offset in the input of tap (ky, kx) of the window at (ty, tx), channel 0. */
static int32_t source(const struct tt_view *v, const struct tt_taps *ty, const struct tt_taps *tx,
		      uint32_t ky, uint32_t kx)
{
	return ((ty->origin + (int32_t)ky) * v->in.w + tx->origin + (int32_t)kx) * v->in.c;
}

/* Index of the first maximum of one channel; *best is its value. */
static uint32_t first_maximum(const struct tt_view *v, const int8_t *in, const struct tt_taps *ty,
			      const struct tt_taps *tx, int8_t *best)
{
	uint32_t index = 0;
	int max = INT8_MIN;

	for (uint32_t ky = ty->begin; ky < ty->end; ky++) {
		const int8_t *a = &in[source(v, ty, tx, ky, tx->begin)];

		for (uint32_t kx = tx->begin; kx < tx->end; kx++, a += v->in.c) {
			if (*a > max) {
				max = *a;
				index = ky * v->entry->kernel_w + kx;
			}
		}
	}
	*best = (int8_t)max;
	return index;
}

/* All channels of the output position whose first element is number i. */
static void forward_position(const struct tt_view *v, const struct tt_forward *f,
			     const struct tt_taps *ty, const struct tt_taps *tx, uint32_t i)
{
	uint32_t log2 = tt_index_log2(v->entry);
	int8_t *out = f->out;

	for (uint32_t c = 0; c < v->out.c; c++, i++) {
		uint32_t index = first_maximum(v, &f->in[c], ty, tx, &out[i]);

		if (v->index != NULL) {
			tt_index_put(v->index, log2, i, index);
		}
	}
}

/* Windows of 2 x 2, none of them clipped: the input may have a row or column that no window sees. */
static bool plain_2x2(const struct tt_view *v)
{
	const struct tintin_layer_entry *e = v->entry;

	return e->kernel_h == 2 && e->kernel_w == 2 &&
	       (e->pad_top | e->pad_left | e->pad_bottom | e->pad_right) == 0;
}

/* Offsets of the window's other values. */
static struct tt_square square_of(const struct tt_view *v)
{
	return (struct tt_square){.right = v->in.c, .below = (uint32_t)v->in.w * v->in.c};
}

static void forward_2x2(const struct tt_view *v, const struct tt_forward *f)
{
	uint32_t channels = v->out.c, across = v->entry->stride_w * channels;
	struct tt_square at = square_of(v);
	uint8_t dropped;
	struct tt_quads index = {v->index != NULL ? v->index : &dropped, v->index != NULL, 0, 0};
	int8_t *out = f->out;

	for (uint32_t y = 0; y < v->out.h; y++) {
		const int8_t *a = f->in + y * v->entry->stride_h * at.below;

		for (uint32_t x = 0; x < v->out.w; x++, a += across, out += channels) {
			tt_pool(out, &index, a, &at, channels);
		}
	}
	if (index.used > 0) {
		*index.to = (uint8_t)index.bits;
	}
}

static void forward_any(const struct tt_view *v, const struct tt_forward *f)
{
	uint32_t i = 0;

	if (v->index != NULL) {
		tt_clear((int32_t *)v->index,
			 (tt_index_bytes(v->entry, tt_volume(v->out)) + 3u) / 4u);
	}
	for (uint32_t y = 0; y < v->out.h; y++) {
		struct tt_taps ty = rows(v, y);

		for (uint32_t x = 0; x < v->out.w; x++, i += v->out.c) {
			struct tt_taps tx = columns(v, x);

			forward_position(v, f, &ty, &tx, i);
		}
	}
}

static void max_pool_forward(const struct tt_view *v, struct tt_forward *f)
{
	if (plain_2x2(v)) {
		forward_2x2(v, f);
	} else {
		forward_any(v, f);
	}
	f->out_exp = f->in_exp;
	f->span = 0;
}

#if TINTIN_TRAINING

/* The element that an index names, without a division: index = ky * kernel_w + kx. */
static int8_t *chosen(const struct tt_view *v, int8_t *in_error, const struct tt_taps *ty,
		      const struct tt_taps *tx, uint32_t index)
{
	uint32_t ky = 0;

	while (index >= v->entry->kernel_w) {
		index -= v->entry->kernel_w;
		ky++;
	}
	return &in_error[source(v, ty, tx, ky, index)];
}

static void backward_any(const struct tt_view *v, struct tt_backward *b)
{
	uint32_t log2 = tt_index_log2(v->entry), i = 0;

	for (uint32_t y = 0; y < v->out.h; y++) {
		struct tt_taps ty = rows(v, y);

		for (uint32_t x = 0; x < v->out.w; x++) {
			struct tt_taps tx = columns(v, x);

			for (uint32_t c = 0; c < v->out.c; c++, i++) {
				uint32_t index;
				int8_t *dx;

				if (b->error[i] == 0) {
					continue;
				}
				index = tt_index_get(v->index, log2, i);
				dx = &chosen(v, b->in_error, &ty, &tx, index)[c];
				*dx = tt_clip(*dx + b->error[i]);
			}
		}
	}
}

/* Do windows of 2 x 2 share no input? Then an error stands where it goes alone. */
static bool apart(const struct tt_view *v)
{
	return v->entry->stride_h >= 2 && v->entry->stride_w >= 2;
}

/* One row of outputs, the first of which is number i. Returns the number behind the last. */
static uint32_t backward_row_2x2(const struct tt_view *v, const int8_t *error, int8_t *dx, uint32_t i)
{
	struct tt_square at = square_of(v);
	const uint32_t offset[4] = {0, at.right, at.below, at.below + at.right};
	const uint8_t *packed = v->index;
	uint32_t channels = v->out.c, skip = v->entry->stride_w * channels - channels;

	for (uint32_t stop = i + v->out.w * channels; i < stop; dx += skip) {
		for (uint32_t next = i + channels; i < next; i++, dx++) {
			if (error[i] != 0) {
				dx[offset[packed[i / 4u] >> i % 4u * 2u & 3u]] = error[i];
			}
		}
	}
	return i;
}

static void backward_2x2(const struct tt_view *v, struct tt_backward *b)
{
	uint32_t down = (uint32_t)v->entry->stride_h * v->in.w * v->in.c, i = 0;

	for (uint32_t y = 0; y < v->out.h; y++) {
		i = backward_row_2x2(v, b->error, b->in_error + y * down, i);
	}
}

static void max_pool_backward(const struct tt_view *v, struct tt_backward *b)
{
	tt_clear((int32_t *)b->in_error, (tt_volume(v->in) + 3u) / 4u);
	if (plain_2x2(v) && apart(v)) {
		backward_2x2(v, b);
	} else {
		backward_any(v, b);
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
