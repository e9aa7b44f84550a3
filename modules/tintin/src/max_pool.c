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

/* The window that nearly every network has, whole and 2 x 2: same order, no loops. */
static uint32_t first_maximum_2x2(const int8_t *a, uint32_t right, uint32_t below, int8_t *best)
{
	uint32_t index = 0;
	int max = a[0];

	if (a[right] > max) {
		max = a[right];
		index = 1;
	}
	if (a[below] > max) {
		max = a[below];
		index = 2;
	}
	if (a[below + right] > max) {
		max = a[below + right];
		index = 3;
	}
	*best = (int8_t)max;
	return index;
}

static bool whole_2x2(const struct tt_view *v, const struct tt_taps *ty, const struct tt_taps *tx)
{
	return v->entry->kernel_h == 2 && v->entry->kernel_w == 2 && ty->end - ty->begin == 2 &&
	       tx->end - tx->begin == 2;
}

/* All channels of one position, whose first element is number i; each index takes two bits. */
static void pool_2x2(const struct tt_view *v, const int8_t *a, int8_t *out, uint32_t i)
{
	uint32_t right = v->in.c, below = (uint32_t)v->in.w * v->in.c;
	const int8_t *stop = a + right;
	uint8_t *packed = v->index;

	out += i;
	for (; a < stop; a++, i++) {
		uint32_t index = first_maximum_2x2(a, right, below, out++);

		if (packed != NULL) {
			packed[i / 4u] |= (uint8_t)(index << i % 4u * 2u);
		}
	}
}

/* All channels of the output position whose first element is number i. */
static void forward_position(const struct tt_view *v, const struct tt_forward *f,
			     const struct tt_taps *ty, const struct tt_taps *tx, uint32_t i)
{
	uint32_t log2 = tt_index_log2(v->entry);
	int8_t *out = f->out;

	if (whole_2x2(v, ty, tx)) {
		pool_2x2(v, &f->in[source(v, ty, tx, 0, 0)], out, i);
		return;
	}
	for (uint32_t c = 0; c < v->out.c; c++, i++) {
		uint32_t index = first_maximum(v, &f->in[c], ty, tx, &out[i]);

		if (v->index != NULL) {
			tt_index_put(v->index, log2, i, index);
		}
	}
}

static void max_pool_forward(const struct tt_view *v, struct tt_forward *f)
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

static void max_pool_backward(const struct tt_view *v, struct tt_backward *b)
{
	uint32_t log2 = tt_index_log2(v->entry), i = 0;

	tt_clear((int32_t *)b->in_error, (tt_volume(v->in) + 3u) / 4u);
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
