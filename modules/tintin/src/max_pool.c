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

/* What a window has inside the input. */
struct seen {
	uint32_t down, across; /* rows and columns */
	uint32_t column;       /* from a value to the next one of its channel */
	uint32_t row;          /* beyond that at a row's end */
	uint32_t index, gap;   /* of the first value; what is left out between two rows */
};

static struct seen seen_of(const struct tt_view *v, const struct tt_taps *ty,
			   const struct tt_taps *tx)
{
	uint32_t across = tx->end - tx->begin, kernel = v->entry->kernel_w;

	return (struct seen){
		.down = ty->end - ty->begin,
		.across = across,
		.column = v->in.c,
		.row = (v->in.w - across) * v->in.c,
		.index = ty->begin * kernel + tx->begin,
		.gap = kernel - across,
	};
}

/*
 * Index of the first maximum of the channel that begins at a; *best is its value. A function of its
 * own, or its loops would keep nothing in registers.
 */
__attribute__((noinline)) static uint32_t first_maximum(const int8_t *a, const struct seen *s,
							int8_t *best)
{
	uint32_t index = s->index, found = 0, column = s->column;
	int max = INT8_MIN;

	for (uint32_t y = s->down; y > 0; y--, a += s->row, index += s->gap) {
		for (uint32_t x = s->across; x > 0; x--, a += column, index++) {
			if (*a > max) {
				max = *a;
				found = index;
			}
		}
	}
	*best = (int8_t)max;
	return found;
}

/* All channels of the output position whose first element is number i. */
static void forward_position(const struct tt_view *v, const struct tt_forward *f,
			     const struct tt_taps *ty, const struct tt_taps *tx, uint32_t i)
{
	const int8_t *in = f->in + source(v, ty, tx, ty->begin, tx->begin);
	struct seen s = seen_of(v, ty, tx);
	uint32_t log2 = tt_index_log2(v->entry);
	int8_t *out = (int8_t *)f->out + i;

	for (uint32_t c = 0; c < v->out.c; c++) {
		uint32_t index = first_maximum(in + c, &s, out + c);

		if (v->index != NULL) {
			tt_index_put(v->index, log2, i + c, index);
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

/* Offset from tap (0, 0) of the one that an index names, without a division: ky * kernel_w + kx. */
static uint32_t offset_of(const struct tt_view *v, uint32_t index)
{
	uint32_t kernel = v->entry->kernel_w, skipped = 0;

	for (; index >= kernel; index -= kernel) {
		skipped += v->in.w;
	}
	return (skipped + index) * v->in.c;
}

/* Errors of the position whose first element is number i; dx: tap (0, 0), maybe in the padding. */
static void backward_position(const struct tt_view *v, const struct tt_backward *b, int32_t dx,
			      uint32_t i)
{
	uint32_t log2 = tt_index_log2(v->entry);

	for (uint32_t c = 0; c < v->out.c; c++) {
		int8_t error = b->error[i + c], *to;

		if (error != 0) {
			uint32_t index = tt_index_get(v->index, log2, i + c);

			to = &b->in_error[dx + (int32_t)(offset_of(v, index) + c)];
			*to = tt_clip(*to + error);
		}
	}
}

static void backward_any(const struct tt_view *v, struct tt_backward *b)
{
	uint32_t i = 0;

	for (uint32_t y = 0; y < v->out.h; y++) {
		struct tt_taps ty = rows(v, y);

		for (uint32_t x = 0; x < v->out.w; x++, i += v->out.c) {
			struct tt_taps tx = columns(v, x);

			backward_position(v, b, source(v, &ty, &tx, 0, 0), i);
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
