/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Average pool over n = kh * kw positions, no padding; global when the window is the whole input.
 *
 *   forward   acc[y,x,c]  = r * sum over the window of a,           r = round(2^22 / n)
 *   backward  dx[iy,ix,c] = r * sum of e over the windows that hold (iy, ix)
 *
 * Both sums have at most n terms, so |acc| <= 127 n r <= 127 * 2^22 + 127 n / 2 < 2^30.
 */
#include "output.h"

#define RECIPROCAL_BITS 22

static int32_t reciprocal(const struct tt_view *v)
{
	int32_t n = v->entry->kernel_h * v->entry->kernel_w;

	return ((1 << RECIPROCAL_BITS) + n / 2) / n;
}

/* One channel of the window whose first element `a` points at. */
static int32_t window_sum(const struct tt_view *v, const int8_t *a)
{
	int32_t sum = 0;

	for (uint32_t ky = 0; ky < v->entry->kernel_h; ky++) {
		for (uint32_t kx = 0; kx < v->entry->kernel_w; kx++) {
			sum += a[(ky * v->in.w + kx) * v->in.c];
		}
	}
	return sum;
}

static void avg_pool_forward(const struct tt_view *v, struct tt_forward *f)
{
	struct tt_output out = tt_output(v, f, f->in_exp - RECIPROCAL_BITS);
	int32_t r = reciprocal(v);
	uint32_t i = 0;

	for (uint32_t y = 0; y < v->out.h; y++) {
		for (uint32_t x = 0; x < v->out.w; x++) {
			uint32_t iy = y * v->entry->stride_h, ix = x * v->entry->stride_w;
			const int8_t *a = &f->in[(iy * v->in.w + ix) * v->in.c];

			for (uint32_t c = 0; c < v->out.c; c++, i++) {
				int32_t acc = r * window_sum(v, &a[c]);

				tt_output_put(&out, i, &acc, 1);
			}
		}
	}
	f->span = out.q.span;
	f->out_exp = out.exp;
}

#if TINTIN_TRAINING

/* Adds output row y's errors to one input row, acc [iw][C]. */
static void spread_row(const struct tt_view *v, const int8_t *error, uint32_t y)
{
	int32_t *acc = v->scratch;
	uint32_t channels = v->in.c;

	for (uint32_t x = 0; x < v->out.w; x++) {
		const int8_t *e = &error[(y * v->out.w + x) * channels];
		int32_t *a = &acc[x * v->entry->stride_w * channels];

		for (uint32_t kx = 0; kx < v->entry->kernel_w; kx++, a += channels) {
			for (uint32_t c = 0; c < channels; c++) {
				a[c] += e[c];
			}
		}
	}
}

static void avg_pool_backward(const struct tt_view *v, struct tt_backward *b)
{
	struct tt_in_error dx = tt_in_error(v, b, -RECIPROCAL_BITS);
	uint32_t n = (uint32_t)v->in.w * v->in.c;
	int32_t r = reciprocal(v), *acc = v->scratch;

	for (uint32_t iy = 0; iy < v->in.h; iy++) {
		tt_clear(acc, n);
		for (uint32_t y = 0; y < v->out.h; y++) {
			uint32_t top = y * v->entry->stride_h;

			if (iy >= top && iy < top + v->entry->kernel_h) {
				spread_row(v, b->error, y);
			}
		}
		for (uint32_t k = 0; k < n; k++) {
			acc[k] *= r;
		}
		tt_in_error_put(&dx, acc, iy * n, n);
	}
	b->span = dx.q.span;
	b->in_error_exp = dx.exp;
}

#endif

static uint32_t avg_pool_scratch(const struct tt_view *v, bool training)
{
	return !training ? 0 : (uint32_t)v->in.w * v->in.c * sizeof(int32_t);
}

const struct tt_op tt_avg_pool = {
	.forward = avg_pool_forward,
#if TINTIN_TRAINING
	.backward = avg_pool_backward,
#endif
	.scratch = avg_pool_scratch,
};
