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
#include "master.h"
#include "output.h"

static struct tt_taps rows(const struct tt_view *v, uint32_t y)
{
	return tt_taps(y, v->entry->stride_h, v->entry->pad_top, v->entry->kernel_h, v->in.h);
}

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

/* Does the window lie inside the input as a whole? */
static bool whole(const struct tt_view *v, const struct tt_taps *ty, const struct tt_taps *tx)
{
	return ty->end - ty->begin == v->entry->kernel_h &&
	       tx->end - tx->begin == v->entry->kernel_w;
}

/* The shape of a whole window in the input. */
static struct tt_window window_of(const struct tt_view *v)
{
	return (struct tt_window){
		.n = (uint32_t)v->entry->kernel_w * v->in.c,
		.rows = v->entry->kernel_h,
		.stride = (uint32_t)v->in.w * v->in.c,
	};
}

/* im2col for one position: what the window sees, in the order of a filter. */
static void gather_patch(const struct tt_view *v, const int8_t *in, const struct tt_taps *ty,
			 const struct tt_taps *tx, int8_t *patch)
{
	struct tt_window w = window_of(v);

	if (whole(v, ty, tx)) {
		tt_copy_rows(patch, &in[run_of(v, ty, tx, 0).input], &w);
		return;
	}
	tt_clear((int32_t *)patch, (v->fan_in + 3u) / 4u);
	if (ty->begin < ty->end && tx->begin < tx->end) {
		struct run r = run_of(v, ty, tx, ty->begin);
		const struct tt_window run = {.n = r.n, .rows = 1};

		for (uint32_t ky = ty->begin; ky < ty->end; ky++) {
			tt_copy_rows(&patch[r.filter], &in[r.input], &run);
			r.filter += w.n;
			r.input += w.stride;
		}
	}
}

/* What the forward pass keeps in the scratch; positions are multiplied with the filters together. */
#define POSITIONS 4u

struct panel {
	int32_t *bias;   /* [O] */
	int32_t *acc;    /* [POSITIONS][O] */
	int8_t *patches; /* [POSITIONS][K], each 4-byte aligned */
	uint32_t stride; /* from patch to patch */
};

static struct panel panel_of(const struct tt_view *v)
{
	int32_t *bias = v->scratch, *acc = bias + v->out.c;

	return (struct panel){bias, acc, (int8_t *)(acc + POSITIONS * v->out.c),
			      tt_align4(v->fan_in)};
}

static uint32_t panel_bytes(const struct tt_view *v)
{
	return (1u + POSITIONS) * v->out.c * (uint32_t)sizeof(int32_t) +
	       POSITIONS * tt_align4(v->fan_in);
}

/* One row of outputs. */
static void forward_row(const struct tt_view *v, const int8_t *in, uint32_t y, struct tt_output *out)
{
	struct panel p = panel_of(v);
	struct tt_rows filters = {v->weight, p.bias, v->fan_in, v->out.c};
	struct tt_vectors patches = {.x = p.patches, .stride = p.stride};
	struct tt_taps ty = rows(v, y);

	for (uint32_t x = 0; x < v->out.w; x += patches.count) {
		uint32_t left = v->out.w - x;

		patches.count = left < POSITIONS ? left : POSITIONS;
		for (uint32_t j = 0; j < patches.count; j++) {
			struct tt_taps tx = columns(v, x + j);

			gather_patch(v, in, &ty, &tx, &p.patches[j * p.stride]);
		}
		tt_multiply(&filters, &patches, p.acc);
		tt_output_put(out, (y * v->out.w + x) * v->out.c, p.acc,
			      patches.count * v->out.c);
	}
}

static void conv2d_forward(const struct tt_view *v, struct tt_forward *f)
{
	struct tt_output out = tt_output(v, f, v->state->weight_exp + f->in_exp);

	tt_align_biases(panel_of(v).bias, v->bias, v->out.c, out.acc_exp);
	for (uint32_t y = 0; y < v->out.h; y++) {
		forward_row(v, f->in, y, &out);
	}
	f->span = out.q.span;
	f->out_exp = out.exp;
}

#if TINTIN_TRAINING

/* Errors of output row y that reach input row iy through tap row ky, into acc [iw][C]. */
static void backward_row(const struct tt_view *v, const int8_t *error, uint32_t y, uint32_t ky)
{
	const int8_t *e = &error[y * v->out.w * v->out.c];
	int32_t *acc = v->scratch;

	for (uint32_t x = 0; x < v->out.w; x++, e += v->out.c) {
		struct tt_taps tx = columns(v, x);
		uint32_t first = (uint32_t)(tx.origin + (int32_t)tx.begin) * v->in.c;
		uint32_t tap = (ky * v->entry->kernel_w + tx.begin) * v->in.c;
		struct tt_window run = {.n = (tx.end - tx.begin) * v->in.c, .rows = 1};

		for (uint32_t o = 0; o < v->out.c;) {
			struct tt_terms terms;

			o = tt_terms_from(&terms, v, e, o);
			for (uint32_t i = 0; i < terms.count; i++) {
				terms.row[i] += tap;
			}
			if (terms.count > 0) {
				tt_axpy(&acc[first], &terms, &run);
			}
		}
	}
}

static void conv2d_backward(const struct tt_view *v, struct tt_backward *b)
{
	struct tt_in_error dx = tt_in_error(v, b, v->state->weight_exp);
	uint32_t n = (uint32_t)v->in.w * v->in.c;

	for (uint32_t iy = 0; iy < v->in.h; iy++) {
		tt_clear(v->scratch, n);
		for (uint32_t y = 0; y < v->out.h; y++) {
			int32_t ky = (int32_t)iy - rows(v, y).origin;

			if (ky >= 0 && ky < v->entry->kernel_h) {
				backward_row(v, b->error, y, (uint32_t)ky);
			}
		}
		tt_in_error_put(&dx, v->scratch, iy * n, n);
	}
	b->span = dx.q.span;
	b->in_error_exp = dx.exp;
}

/* g [K] += e * (what a window at the edge sees). */
static void add_clipped(const struct tt_view *v, const int8_t *in, const struct tt_taps *ty,
			const struct tt_taps *tx, int8_t e)
{
	int32_t *g = v->scratch;

	for (uint32_t ky = ty->begin; ky < ty->end && tx->begin < tx->end; ky++) {
		struct run r = run_of(v, ty, tx, ky);

		tt_axpy(&g[r.filter], &(struct tt_terms){{&in[r.input]}, {e}, 1},
			&(struct tt_window){.n = r.n, .rows = 1});
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

/* One row's share of a filter's gradient. Returns the sum of its errors. */
static int32_t row_gradient(const struct tt_view *v, const int8_t *in, const int8_t *e, uint32_t y,
			    struct tt_terms *windows)
{
	struct tt_taps ty = rows(v, y);
	int32_t sum = 0;

	for (uint32_t x = 0; x < v->out.w; x++, e += v->out.c) {
		if (*e == 0) {
			continue;
		}
		struct tt_taps tx = columns(v, x);

		sum += *e;
		if (!whole(v, &ty, &tx)) {
			add_clipped(v, in, &ty, &tx, *e);
			continue;
		}
		windows->row[windows->count] = &in[run_of(v, &ty, &tx, 0).input];
		windows->scale[windows->count++] = *e;
		if (windows->count == TT_BLOCK) {
			add_whole(v, windows);
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
	struct tt_terms windows = {.count = 0};
	int32_t sum = 0;

	tt_clear(v->scratch, v->fan_in);
	for (uint32_t y = 0; y < v->out.h; y++) {
		sum += row_gradient(v, b->in, &b->error[y * row + o], y, &windows);
	}
	add_whole(v, &windows);
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
	uint32_t row = (uint32_t)v->in.w * v->in.c * sizeof(int32_t);
	uint32_t filter = v->fan_in * sizeof(int32_t);
	uint32_t backward = !training ? 0 : row > filter ? row : filter;

	return forward > backward ? forward : backward;
}

const struct tt_op tt_conv2d = {
	.forward = conv2d_forward,
#if TINTIN_TRAINING
	.backward = conv2d_backward,
	.update = conv2d_update,
#endif
	.scratch = conv2d_scratch,
};
