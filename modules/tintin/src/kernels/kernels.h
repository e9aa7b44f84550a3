/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The inner loops, and which implementation a target gets. ref.c has each in plain C; a faster
 * one must give the same bits (tests/kernels holds them equal).
 *
 * | variant | targets                                 |
 * |---------|-----------------------------------------|
 * | ref     | any; what the host is compiled with     |
 * | scalar  | Armv6-M, Armv7-M: Cortex-M0, M0+, M3    |
 * | dsp     | Armv7E-M, Armv8-M with DSP: M4, M7, M33 |
 * | mve     | Armv8.1-M with Helium: M55, M85         |
 *
 * TINTIN_KERNELS_REF forces the reference.
 */
#ifndef TT_KERNELS_H_
#define TT_KERNELS_H_

#include <stdbool.h>
#include <stdint.h>

/** Rows that one vector is multiplied with, or that are summed, at once. */
#define TT_BLOCK 4u

/** @p count rows, 1 .. TT_BLOCK, of @p n weights each, one behind the other. */
struct tt_rows {
	const int8_t *weight;
	uint32_t n;
	uint32_t count;
};

/** Scaled rows to be summed: @p count of them, 1 .. TT_BLOCK. */
struct tt_terms {
	const int8_t *row[TT_BLOCK];
	int32_t scale[TT_BLOCK]; /* within +-127 */
	uint32_t count;
};

/** @p count rows of @p n bytes, @p stride bytes apart. */
struct tt_runs {
	const int8_t *from;
	uint32_t n, count, stride;
};

/** A trained tensor: the int8 plane and, beside it, the plane of F = bits fraction bits. */
struct tt_planes {
	int8_t *weight;
	uint8_t *fraction; /* NULL for F = 0 */
	uint8_t bits;      /* 8, 4 or 0 */
};

/** One row of it (an output's weights): flat indices first .. first + n - 1. */
struct tt_row {
	struct tt_planes planes;
	uint32_t first;
	uint32_t n;
};

/** How an update is rounded, and whether it ran into the masters' limits. */
struct tt_rounding {
	uint32_t *rng;
	int shift;
	bool limited; /* out, sticky */
};

/**
 * dot_rows         acc[i] += sum_k row_i[k] * a[k]; the sum is at most n * 16129, n <= 66572
 * axpy             acc[k] += sum_i scale_i * row_i[k], k < n; the caller bounds all its terms by 66572
 * copy_rows        count rows of n bytes, stride apart, one behind the other: what a window sees
 * update_outer     m = limit(m - SR(scale * a[k], shift)): a dense row's gradient is an outer product
 * update_gradient  m = limit(m - SR(g[k], shift))
 *
 * An update draws one random word for the row when shift > 0 (DESIGN.md, "Dither").
 */
#define TT_DECLARE_KERNELS(variant)                                                                \
	void tt_##variant##_dot_rows(const struct tt_rows *rows, const int8_t *a, int32_t *acc);   \
	void tt_##variant##_axpy(int32_t *acc, const struct tt_terms *terms, uint32_t n);          \
	void tt_##variant##_copy_rows(int8_t *to, const struct tt_runs *runs);                     \
	void tt_##variant##_update_outer(const struct tt_row *row, const int8_t *a, int32_t scale, \
					 struct tt_rounding *r);                                   \
	void tt_##variant##_update_gradient(const struct tt_row *row, const int32_t *g,            \
					    struct tt_rounding *r)

TT_DECLARE_KERNELS(ref);
TT_DECLARE_KERNELS(scalar);
TT_DECLARE_KERNELS(dsp);
TT_DECLARE_KERNELS(mve);

#if defined(TINTIN_KERNELS_REF) || !defined(__arm__)
#define tt_dot_rows        tt_ref_dot_rows
#define tt_axpy            tt_ref_axpy
#define tt_copy_rows       tt_ref_copy_rows
#define tt_update_outer    tt_ref_update_outer
#define tt_update_gradient tt_ref_update_gradient
#else
#if defined(__ARM_FEATURE_MVE)
#define tt_dot_rows        tt_mve_dot_rows
#define tt_axpy            tt_mve_axpy
#define tt_update_outer    tt_mve_update_outer
#define tt_update_gradient tt_mve_update_gradient
#else
#if defined(__ARM_FEATURE_DSP)
#define tt_dot_rows tt_dsp_dot_rows
#else
#define tt_dot_rows tt_scalar_dot_rows
#endif
#define tt_axpy            tt_scalar_axpy
#define tt_update_outer    tt_scalar_update_outer
#define tt_update_gradient tt_scalar_update_gradient
#endif
#define tt_copy_rows tt_scalar_copy_rows
#endif

#endif
