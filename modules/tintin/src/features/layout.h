/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What a pipeline's description comes to: how many values, and where they lie in memory.
 */
#ifndef TT_FEATURES_LAYOUT_H_
#define TT_FEATURES_LAYOUT_H_

#include <tintin/pipeline.h>

/** Vectors that are counted: by then every centre learns at 2^-slow. */
#define TT_COUNT_MAX 32768u

/** What centres of 16-bit readings keep to, 2^-12: 2^15 units from 0, and 2^16 from each other. */
#define TT_MEAN_MAX   (1 << 27)
#define TT_SPREAD_MAX (1u << 28)

struct tt_layout {
	uint32_t per_frame; /* values of a window */
	uint32_t centres;
	uint32_t length; /* features */
	uint32_t log2n;  /* of the transform; 0: none */
	uint32_t window, work, values, place, sums, features; /* bytes from the begin; centres at 0 */
	uint32_t size;
};

/** @return 0, or -EINVAL for a description out of range */
int tt_layout(struct tt_layout *layout, const struct tintin_pipeline_description *description);

#endif
