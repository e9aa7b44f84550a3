/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel.h"

#define tt_dsp_compress tt_scalar_compress

#define VARIANT(variant_, kernel)                                                                  \
	{                                                                                          \
		.name = "tt_" #variant_ "_" #kernel, .attempt = try_##kernel,                      \
		.reference = {.kernel = tt_ref_##kernel},                                          \
		.variant = {.kernel = tt_##variant_##_##kernel},                                   \
		.compress = tt_##variant_##_compress,                                              \
	}

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
	VARIANT(scalar, quantise),
#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)
	VARIANT(dsp, multiply),
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
	VARIANT(mve, quantise),
#endif
	{.name = NULL},
};
