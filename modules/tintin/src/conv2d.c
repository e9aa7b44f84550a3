/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 2-D convolution. Input a [ih][iw][C], weights w [O][kh][kw][C], output [oh][ow][O], zero padding.
 * A tap (ky, kx) of output position (y, x) reads input (y * sh - pt + ky, x * sw - pl + kx).
 *
 *   forward   acc[y,x,o]    = b_o + sum_{ky,kx,c} w[o,ky,kx,c] a[tap]
 *   backward  dx[iy,ix,c]   = sum over the taps that read (iy, ix) of w[o,ky,kx,c] e[y,x,o]
 *   update    g[o,ky,kx,c]  = sum_{y,x} e[y,x,o] a[tap]
 *
 * With channels last a row of taps is one run of bytes in the input and in the weights.
 */
#include "kernels/kernels.h"
#include "kernels/panel.h"
#include "master.h"
#include "output.h"

#include <string.h>

static struct tt_taps rows(const struct tt_view *v, uint32_t y)
{
	return tt_taps(y, v->entry->stride_h, v->entry->pad_top, v->entry->kernel_h, v->in.h);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static uint32_t sheet_width(const struct tt_view *v)
{
	uint32_t seen = (v->out.w - 1u) * v->entry->stride_w + v->entry->kernel_w;

	return larger(seen, (uint32_t)v->entry->pad_left + v->in.w) * v->in.c;
}

/*
 * What the forward pass keeps in the scratch. Filters are packed anew in each call, as many together
 * as there is room for; all output rows are made with them, a few positions at a time. The room is
 * the same on every target, so that an arena is: that of wide lanes, of which BANK_BYTES hold at
 * least FILTERS_LEAST filters. Narrow ones are half as long.
 */
#define BANK_BYTES    2560u
#define FILTERS_LEAST 4u
#define POSITIONS     8u

struct panel {
	struct tt_bank bank;
	int32_t *acc;         /* [POSITIONS][bank.count] */
	tt_lane *columns;     /* what one output row sees */
	struct tt_grid grid;  /* of the columns */
	struct tt_grid input; /* of those that lie inside the input */
	bool whole;           /* nothing is padded: one row of taps sees a row of the input as it is */
};

static uint32_t smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static uint32_t even(uint32_t n)
{
	return (n + 1u) & ~1u;
}

/* Filters that the room of wide lanes holds. */
static uint32_t filters_of_room(const struct tt_view *v)
{
	uint32_t fit = BANK_BYTES / (even(v->fan_in) * 2u) & ~(FILTERS_LEAST - 1u);

	return smaller(larger(fit, FILTERS_LEAST), even(v->out.c));
}

static uint32_t bank_bytes(const struct tt_view *v)
{
	return filters_of_room(v) * even(v->fan_in) * 2u;
}

static uint32_t filters_at_most(const struct tt_view *v)
{
	return smaller(2u * filters_of_room(v), even(v->out.c));
}

static struct tt_grid columns_of(const struct tt_view *v)
{
	return (struct tt_grid){
		.down = v->entry->kernel_h,
		.across = (v->out.w - 1u) * v->entry->stride_w + v->entry->kernel_w,
		.channels = v->in.c,
	};
}

/* A window of an odd number of wide lanes is read one lane beyond. */
static uint32_t columns_bytes(const struct tt_grid *g)
{
	return tt_align4((g->down * g->across * g->channels + 1u) * 2u);
}

static uint32_t panel_bytes(const struct tt_view *v)
{
	struct tt_grid g = columns_of(v);

	return (1u + POSITIONS) * filters_at_most(v) * (uint32_t)sizeof(int32_t) + bank_bytes(v) +
	       columns_bytes(&g);
}

static struct panel panel_of(const struct tt_view *v)
{
	uint32_t together = TT_LANES_ARE_WIDE ? filters_of_room(v) : filters_at_most(v);
	int32_t *start = v->scratch, *acc = start + filters_at_most(v);
	tt_lane *weight = (tt_lane *)(acc + POSITIONS * filters_at_most(v));
	struct panel p = {
		.bank = {weight, start, tt_bank_n(v->fan_in), together},
		.acc = acc,
		.columns = (tt_lane *)((int8_t *)weight + bank_bytes(v)),
		.grid = columns_of(v),
	};

	p.input = p.grid;
	p.input.across = smaller(p.grid.across - v->entry->pad_left, v->in.w);
	p.whole = tt_stands_packed(&p.grid) && p.grid.across <= v->in.w && v->entry->pad_left == 0;
	return p;
}

/* Columns of padding stay 0 from here on. */
static void clear_columns(const struct panel *p)
{
	uint32_t lanes = p->grid.down * p->grid.across * p->grid.channels;

	tt_clear((int32_t *)p->columns, (lanes * (uint32_t)sizeof(tt_lane) + 3u) / 4u);
}

/* What output row y sees. */
static const tt_lane *columns_seen(const struct tt_view *v, const struct panel *p, const int8_t *in,
				   uint32_t y)
{
	uint32_t row = (uint32_t)v->in.w * v->in.c;
	tt_lane *first = p->columns + v->entry->pad_left * p->grid.down * p->grid.channels;
	int32_t origin = rows(v, y).origin;

	if (p->whole) {
		return tt_lanes_of(&in[(uint32_t)origin * row]);
	}
	for (uint32_t ky = 0; ky < p->grid.down; ky++) {
		int32_t iy = origin + (int32_t)ky;
		bool inside = iy >= 0 && iy < v->in.h;

		tt_spread(first, &p->input, ky, inside ? &in[(uint32_t)iy * row] : NULL);
	}
	return p->columns;
}

/* Outputs from number `first` on of `count` positions, of filters o .. o + together - 1. */
static void put_positions(const struct tt_view *v, const struct panel *p, struct tt_output *out,
			  uint32_t first, uint32_t count)
{
	uint32_t channels = v->out.c, o = first % channels;
	uint32_t together = smaller(channels - o, p->bank.count);

	if (p->bank.count == channels) {
		tt_output_put(out, first, p->acc, count * channels);
		return;
	}
	for (uint32_t j = 0; j < count; j++) {
		tt_output_put(out, first + j * channels, &p->acc[j * p->bank.count], together);
	}
}

/* A row of outputs, the first of which is number `first`, from the columns that it sees. */
static void forward_row(const struct tt_view *v, const struct panel *p, const tt_lane *seen,
			uint32_t first, struct tt_output *out)
{
	uint32_t across = v->entry->stride_w * p->grid.down * p->grid.channels;
	struct tt_windows w = {.x = seen, .stride = across};

	for (uint32_t x = 0; x < v->out.w; x += w.count, w.x += w.count * across) {
		w.count = smaller(v->out.w - x, POSITIONS);
		tt_correlate(&p->bank, &w, p->acc);
		put_positions(v, p, out, first + x * v->out.c, w.count);
	}
}

static void conv2d_forward(const struct tt_view *v, struct tt_forward *f)
{
	struct tt_output out = tt_output(v, f, v->state->weight_exp + f->in_exp);
	struct tt_grid filter = {v->entry->kernel_h, v->entry->kernel_w, v->in.c};
	struct panel p = panel_of(v);
	uint32_t together = p.bank.count, row = (uint32_t)v->out.w * v->out.c, count;

	if (!p.whole) {
		clear_columns(&p);
	}
	for (uint32_t o = 0; o < v->out.c; o += count) {
		count = smaller(v->out.c - o, together);
		p.bank.count = tt_bank_count(count);
		p.bank.start[p.bank.count - 1u] = 0;
		tt_align_biases(p.bank.start, &v->bias[o], count, out.acc_exp);
		tt_pack(&p.bank, &v->weight[o * v->fan_in], &filter, count);
		for (uint32_t y = 0; y < v->out.h; y++) {
			forward_row(v, &p, columns_seen(v, &p, f->in, y), y * row + o, &out);
		}
	}
	f->span = out.q.span;
	f->out_exp = out.exp;
}

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

/*
 * The input's error is summed in a sheet: the rows that the windows of one output row see, padding
 * included, so that every window lies inside. It slides down with them, and what it leaves is done.
 */
struct sheet {
	int32_t *sum; /* [kernel_h][width] */
	uint32_t width;
};

/* Rows of the input; begin may lie behind end. */
struct span {
	int32_t begin, end;
};

/* Errors of output row y. */
static void backward_row(const struct tt_view *v, const struct sheet *s, const int8_t *error)
{
	uint32_t run = (uint32_t)v->entry->kernel_w * v->in.c;
	uint32_t across = (uint32_t)v->entry->stride_w * v->in.c;
	struct tt_window w = {run, v->entry->kernel_h, run, s->width};
	int32_t *sum = s->sum;

	for (uint32_t x = 0; x < v->out.w; x++, error += v->out.c, sum += across) {
		for (uint32_t o = 0; o < v->out.c;) {
			struct tt_terms terms;

			o = tt_terms_from(&terms, v, error, o);
			if (terms.count > 0) {
				tt_axpy(sum, &terms, &w);
			}
		}
	}
}

/* Rows of the input's error, from a sheet that begins with row `origin`. */
static void put_rows(const struct tt_view *v, const struct sheet *s, struct tt_in_error *dx,
		     int32_t origin, struct span done)
{
	uint32_t n = (uint32_t)v->in.w * v->in.c, left = (uint32_t)v->entry->pad_left * v->in.c;

	for (int32_t iy = done.begin; iy < done.end; iy++) {
		if (iy - origin < v->entry->kernel_h) {
			tt_in_error_put(dx, &s->sum[(uint32_t)(iy - origin) * s->width + left],
					(uint32_t)iy * n, n);
		} else { /* between windows */
			memset(&dx->quantised[(uint32_t)iy * n], 0, n);
		}
	}
}

/* The sheet's rows move up by the stride; new ones are 0. */
static void slide(const struct tt_view *v, const struct sheet *s)
{
	uint32_t rows = v->entry->kernel_h, by = v->entry->stride_h < rows ? v->entry->stride_h : rows;
	uint32_t stay = (rows - by) * s->width;
	struct tt_window moved = {.n = stay * (uint32_t)sizeof(int32_t), .rows = 1};

	tt_copy_rows((int8_t *)s->sum, (const int8_t *)(s->sum + by * s->width), &moved);
	tt_clear(s->sum + stay, by * s->width);
}

static void conv2d_backward(const struct tt_view *v, struct tt_backward *b)
{
	struct tt_in_error dx = tt_in_error(v, b, v->state->weight_exp);
	struct sheet s = {v->scratch, sheet_width(v)};
	uint32_t row = (uint32_t)v->out.w * v->out.c;
	struct span done = {0, 0};

	tt_clear(s.sum, v->entry->kernel_h * s.width);
	for (uint32_t y = 0; y < v->out.h; y++) {
		int32_t origin = rows(v, y).origin;

		backward_row(v, &s, &b->error[y * row]);
		done.end = y + 1u < v->out.h ? origin + v->entry->stride_h : v->in.h;
		done.end = done.end < v->in.h ? done.end : v->in.h;
		put_rows(v, &s, &dx, origin, done);
		done.begin = done.begin > done.end ? done.begin : done.end;
		slide(v, &s);
	}
	b->span = dx.q.span;
	b->in_error_exp = dx.exp;
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
		.end = smaller(v->out.w, fit),
	};
}

/* One row's share of a filter's gradient. Returns the sum of its errors. */
static int32_t row_gradient(const struct tt_view *v, const int8_t *in, const int8_t *e, uint32_t y,
			    struct windows *w)
{
	uint32_t width = v->out.w, next = v->out.c, begin = w->begin, end = w->end;
	uint32_t across = (uint32_t)v->entry->stride_w * v->in.c;
	struct tt_taps ty = rows(v, y);
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

static void conv2d_update(const struct tt_view *v, struct tt_backward *b)
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

#endif

static uint32_t conv2d_scratch(const struct tt_view *v, bool training)
{
	uint32_t forward = panel_bytes(v);
	uint32_t sheet = v->entry->kernel_h * sheet_width(v) * (uint32_t)sizeof(int32_t);
	uint32_t filter = v->fan_in * (uint32_t)sizeof(int32_t);
	uint32_t backward = training ? larger(sheet, filter) : 0;

	return larger(forward, backward);
}

const struct tt_op tt_conv2d = {
	.forward = conv2d_forward,
#if TINTIN_TRAINING
	.backward = conv2d_backward,
	.update = conv2d_update,
#endif
	.scratch = conv2d_scratch,
};
