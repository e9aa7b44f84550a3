/* SPDX-License-Identifier: Apache-2.0 */
/* A convolution's backward pass, from errors of the output to those of the input. */
#include "conv2d.h"
#include "kernels/kernels.h"
#include "master.h"
#include "output.h"

#include <string.h>

#if TINTIN_TRAINING

static uint32_t sheet_width(const struct tt_view *v)
{
	uint32_t seen = (v->out.w - 1u) * v->entry->stride_w + v->entry->kernel_w;

	return tt_larger(seen, (uint32_t)v->entry->pad_left + v->in.w) * v->in.c;
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

void tt_conv2d_backward(const struct tt_view *v, struct tt_backward *b)
{
	struct tt_in_error dx = tt_in_error(v, b, v->state->weight_exp);
	struct sheet s = {v->scratch, sheet_width(v)};
	uint32_t row = (uint32_t)v->out.w * v->out.c;
	struct span done = {0, 0};

	tt_clear(s.sum, v->entry->kernel_h * s.width);
	for (uint32_t y = 0; y < v->out.h; y++) {
		int32_t origin = tt_conv2d_rows(v, y).origin;

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

uint32_t tt_conv2d_backward_scratch(const struct tt_view *v)
{
	return v->entry->kernel_h * sheet_width(v) * (uint32_t)sizeof(int32_t);
}

#endif
