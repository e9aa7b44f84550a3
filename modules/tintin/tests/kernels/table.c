/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel.h"

#define VARIANT(variant_, kernel)                                                                  \
	{                                                                                          \
		.name = "tt_" #variant_ "_" #kernel, .attempt = try_##kernel,                      \
		.reference = {.kernel = tt_ref_##kernel},                                          \
		.variant = {.kernel = tt_##variant_##_##kernel},                                   \
	}

const struct entry kernels[] = {
	VARIANT(scalar, dot_rows),
	VARIANT(scalar, axpy),
	VARIANT(scalar, copy_rows),
	VARIANT(scalar, update_outer),
	VARIANT(scalar, update_gradient),
#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)
	VARIANT(dsp, dot_rows),
#endif
#if defined(__ARM_FEATURE_MVE)
	VARIANT(mve, dot_rows),
	VARIANT(mve, axpy),
	VARIANT(mve, update_outer),
	VARIANT(mve, update_gradient),
#endif
	{.name = NULL},
};
