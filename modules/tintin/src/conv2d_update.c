/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A convolution's update. One filter's gradient exists at a time: it is summed over all positions,
 * then moves the filter.
 */
#include "conv2d.h"
#include "fixed.h"
#include "kernels/kernels.h"
#include "master.h"

#if TINTIN_TRAINING

static struct tt_taps columns(const struct tt_view *v, uint32_t x)
{
	return tt_taps(x, v->entry->stride_w, v->entry->pad_left, v->entry->kernel_w, v->in.w);
}

/* One row of taps that lie inside the input: n values from `input` and from `filter` on. */
struct run {
	uint32_t input;  /* offset in a */
	uint32_t filter; /* offset in one filter */
	uint32_t n;
};

static struct run run_of(const struct tt_view *v, const struct tt_taps *ty,
			 const struct tt_taps *tx, uint32_t ky)
{
	uint32_t iy = (uint32_t)(ty->origin + (int32_t)ky);
	uint32_t ix = (uint32_t)(tx->origin + (int32_t)tx->begin);

	return (struct run){
		.input = (iy * v->in.w + ix) * v->in.c,
		.filter = (ky * v->entry->kernel_w + tx->begin) * v->in.c,
		.n = (tx->end - tx->begin) * v->in.c,
	};
}

/* The shape of a whole window in the input. */
static struct tt_window window_of(const struct tt_view *v)
{
	return (struct tt_window){
		.n = (uint32_t)v->entry->kernel_w * v->in.c,
		.rows = v->entry->kernel_h,
		.stride = (uint32_t)v->in.w * v->in.c,
		.step = (uint32_t)v->entry->kernel_w * v->in.c,
	};
}

/* g [K] += e * (what a window at the edge sees). */
static void add_clipped(const struct tt_view *v, const int8_t *in, const struct tt_taps *ty,
			const struct tt_taps *tx, int8_t e)
{
	struct tt_window w = window_of(v);
	int32_t *g = v->scratch;

	if (ty->begin < ty->end && tx->begin < tx->end) {
		struct run r = run_of(v, ty, tx, ty->begin);

		w.n = r.n;
		w.rows = ty->end - ty->begin;
		tt_axpy(&g[r.filter], &(struct tt_terms){{&in[r.input]}, {e}, 1}, &w);
	}
}

/* g [K] += what the whole windows see, each times its error; terms.row: their first rows. */
static void add_whole(const struct tt_view *v, struct tt_terms *windows)
{
	if (windows->count > 0) {
		struct tt_window w = window_of(v);

		tt_axpy(v->scratch, windows, &w);
		windows->count = 0;
	}
}

/* Windows whose sums are put off until there are four of them. */
struct windows {
	struct tt_terms terms;
	uint32_t begin, end; /* positions of a row whose windows lie inside the input across */
};

static struct windows windows_of(const struct tt_view *v)
{
	const struct tintin_layer_entry *e = v->entry;
	uint32_t width = (uint32_t)v->in.w + e->pad_left;
	uint32_t fit = width < e->kernel_w ? 0 : (width - e->kernel_w) / e->stride_w + 1u;

	return (struct windows){
		.begin = (e->pad_left + e->stride_w - 1u) / e->stride_w,
		.end = tt_smaller(v->out.w, fit),
	};
}

/* One row's share of a filter's gradient. Returns the sum of its errors. */
static int32_t row_gradient(const struct tt_view *v, const int8_t *in, const int8_t *e, uint32_t y,
			    struct windows *w)
{
	uint32_t width = v->out.w, next = v->out.c, begin = w->begin, end = w->end;
	uint32_t across = (uint32_t)v->entry->stride_w * v->in.c;
	struct tt_taps ty = tt_conv2d_rows(v, y);
	int32_t first = (ty.origin * v->in.w - v->entry->pad_left) * v->in.c; /* of window 0 */
	int32_t sum = 0;

	if (ty.end - ty.begin < v->entry->kernel_h) {
		end = 0;
	}
	for (uint32_t x = 0; x < width; x++, e += next) {
		int32_t error = *e;
		uint32_t at = x;

		if (error == 0) {
			continue;
		}
		sum += error;
		if (x < begin || x >= end) {
			struct tt_taps tx = columns(v, x);

			add_clipped(v, in, &ty, &tx, *e);
			continue;
		}
		__asm__("" : "+r"(at)); /* or the address would be kept for zeros, too */
		w->terms.row[w->terms.count] = in + first + (int32_t)(at * across);
		w->terms.scale[w->terms.count++] = error;
		if (w->terms.count == TT_BLOCK) {
			add_whole(v, &w->terms);
		}
	}
	return sum;
}

static bool any_error(const struct tt_view *v, const int8_t *e)
{
	uint32_t n = (uint32_t)v->out.h * v->out.w;

	while (n > 0 && *e == 0) {
		e += v->out.c;
		n--;
	}
	return n > 0;
}

/* One filter's gradient, into g [K]. Returns the sum of its errors. */
static int32_t filter_gradient(const struct tt_view *v, const struct tt_backward *b, uint32_t o)
{
	uint32_t row = (uint32_t)v->out.w * v->out.c;
	struct windows w = windows_of(v);
	int32_t sum = 0;

	tt_clear(v->scratch, v->fan_in);
	for (uint32_t y = 0; y < v->out.h; y++) {
		sum += row_gradient(v, b->in, &b->error[y * row + o], y, &w);
	}
	add_whole(v, &w.terms);
	return sum;
}

void tt_conv2d_update(const struct tt_view *v, struct tt_backward *b)
{
	struct tt_rounding r = {.rng = b->rng};
	int shift = tt_step_shift(v, b);
	const int32_t *g = v->scratch;

	for (uint32_t o = 0; o < v->out.c; o++) {
		struct tt_row row = tt_master_row(v, o);
		int32_t sum;

		if (!any_error(v, &b->error[o])) {
			continue;
		}
		sum = filter_gradient(v, b, o);
		if (v->gradient != NULL) {
			tt_batch_add(v, b, &(struct tt_piece){g, row.first, row.n});
		} else {
			r.shift = tt_step_cap(v, shift, tt_span(g, row.n));
			tt_update_gradient(&row, g, &r);
		}
		tt_step_bias(v, b, o, sum);
	}
	if (r.limited) {
		tt_rescale(v);
	}
}

uint32_t tt_conv2d_update_scratch(const struct tt_view *v)
{
	return v->fan_in * (uint32_t)sizeof(int32_t);
}

#endif
