/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Power of bins, and what a band says of a sum of them.
 */
#ifndef TT_FEATURES_BANDS_H_
#define TT_FEATURES_BANDS_H_

#include <tintin/features.h>

#include "integer.h"

/** re^2 + im^2 <= 2^31; bin 0 without the bin n/2 that shares its place. */
static inline uint32_t tt_power(const struct tintin_bins *bins, unsigned int k)
{
	int32_t re = bins->data[2 * k], im = k == 0 ? 0 : bins->data[2 * k + 1];

	return (uint32_t)(re * re) + (uint32_t)(im * im);
}

/** 256 * log2(sum) + offset, not below 0. */
static inline int16_t tt_band_level(struct tt_long sum, int32_t offset)
{
	int32_t level = tt_long_log2(sum) + offset;

	return level < 0 || (sum.high | sum.low) == 0 ? 0 : tt_limit16(level);
}

#endif
