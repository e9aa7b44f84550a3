/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The inner loops. ref.c has each in plain C; a faster one for a target must give the same bits.
 */
#ifndef TT_KERNELS_H_
#define TT_KERNELS_H_

#include <stdbool.h>
#include <stdint.h>

/** sum_k w[k] * a[k]; |result| <= n * 16129, n <= 66572. */
int32_t tt_dot(const int8_t *w, const int8_t *a, uint32_t n);

/** acc[k] += scale * x[k], |scale| <= 127; the caller bounds the number of terms by 66572. */
void tt_axpy(int32_t *acc, const int8_t *x, int32_t scale, uint32_t n);

/** One row (an output's weights) of a trained tensor: flat indices first .. first + n - 1. */
struct tt_row {
	int8_t *weight;    /* plane, whole tensor */
	uint8_t *fraction; /* plane, whole tensor; NULL for F = 0 */
	uint32_t first;
	uint32_t n;
	uint8_t fraction_bits; /* F: 8, 4 or 0 */
};

/** How an update is rounded, and whether it ran into the masters' limits. */
struct tt_rounding {
	uint32_t *rng;
	int shift;
	bool limited; /* out, sticky */
};

/** m = limit(m - SR(scale * a[k], shift)): the gradient of a dense row is an outer product.
 * Draws one random word for the row when shift > 0, as does tt_update_gradient(). */
void tt_update_outer(const struct tt_row *row, const int8_t *a, int32_t scale,
		     struct tt_rounding *r);

/** m = limit(m - SR(g[k], shift)). */
void tt_update_gradient(const struct tt_row *row, const int32_t *g, struct tt_rounding *r);

#endif
