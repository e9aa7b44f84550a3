/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel.h"

#include <string.h>

#include "kernels/panel.h"

#define tt_dsp_compress tt_scalar_compress

#define VARIANT(variant_, kernel)                                                                  \
	{                                                                                          \
		.name = "tt_" #variant_ "_" #kernel, .attempt = try_##kernel,                      \
		.reference = {.kernel = tt_ref_##kernel},                                          \
		.variant = {.kernel = tt_##variant_##_##kernel},                                   \
		.compress = tt_##variant_##_compress,                                              \
	}

#if TT_LANES_ARE_WIDE

#define LANES_MAX 1024u

/* Rows and vectors as a convolution has them: packed, through lanes of int16. */
static void pack_and_correlate(const struct tt_rows *rows, const struct tt_vectors *v, int32_t *acc)
{
	static int16_t filters[LANES_MAX], columns[LANES_MAX];
	static int32_t start[12], sums[60];
	const struct tt_grid grid = {1, 1, rows->n};
	struct tt_bank bank = {filters, start, tt_bank_n(rows->n), tt_bank_count(rows->count)};

	tt_pack(&bank, rows->weight, &grid, rows->count);
	memcpy(start, rows->start, rows->count * sizeof(*start));
	for (uint32_t j = 0; j < v->count; j++) {
		tt_spread(columns + j * rows->n, &grid, 0, v->x + j * v->stride);
	}
	tt_correlate(&bank, &(struct tt_windows){columns, v->count, rows->n}, sums);
	for (uint32_t j = 0; j < v->count; j++) {
		memcpy(acc + j * rows->count, sums + j * bank.count, rows->count * sizeof(*acc));
	}
}

#endif

const struct entry kernels[] = {
	VARIANT(scalar, multiply),
	VARIANT(scalar, multiply_sparse),
	VARIANT(scalar, axpy),
	VARIANT(scalar, axpy_sparse),
	VARIANT(scalar, update_outer),
	VARIANT(scalar, update_gradient),
	VARIANT(scalar, compress),
	VARIANT(scalar, copy_rows),
	VARIANT(scalar, clear),
	VARIANT(scalar, span),
	VARIANT(scalar, quantise),
	VARIANT(scalar, pool),
#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)
	VARIANT(dsp, multiply),
	VARIANT(dsp, axpy),
	{.name = "tt_dsp_correlate", .attempt = try_multiply, .compress = tt_scalar_compress,
	 .reference.multiply = tt_ref_multiply, .variant.multiply = pack_and_correlate},
#endif
#if defined(__ARM_FEATURE_DSP)
	VARIANT(dsp, pool),
#endif
#if defined(__ARM_FEATURE_MVE)
	VARIANT(mve, multiply),
	VARIANT(mve, multiply_sparse),
	VARIANT(mve, axpy),
	VARIANT(mve, axpy_sparse),
	VARIANT(mve, update_outer),
	VARIANT(mve, update_gradient),
	VARIANT(mve, compress),
	VARIANT(mve, copy_rows),
	VARIANT(mve, clear),
	VARIANT(mve, span),
	VARIANT(mve, quantise),
#endif
	{.name = NULL},
};
