/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Roots, logarithms and long sums in 32-bit integers.
 */
#ifndef TT_FEATURES_INTEGER_H_
#define TT_FEATURES_INTEGER_H_

#include <stdint.h>

#define TT_LOG2_ONE 256

/** Square root, rounded down. */
uint32_t tt_root(uint32_t v);

/** 2^digits * log2(v), never above it, and with 8 digits less than 2 below; digits <= 12. 0 for 0. */
int32_t tt_log2_fine(uint32_t v, int digits);

static inline int32_t tt_log2(uint32_t v)
{
	return tt_log2_fine(v, 8);
}

/** A sum of up to 65536 words, in two halves: high * 2^16 + low. */
struct tt_long {
	uint32_t high, low;
};

static inline void tt_long_add(struct tt_long *sum, uint32_t v)
{
	sum->high += v >> 16;
	sum->low += v & 0xffffu;
}

/** sum / n rounded down, for a sum of n words; 1 <= n <= 16384. */
uint32_t tt_long_mean(const struct tt_long *sum, uint32_t n);

/** 256 * log2(sum); 0 for 0. */
int32_t tt_long_log2(struct tt_long sum);

static inline int16_t tt_limit16(int32_t v)
{
	return (int16_t)(v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : v);
}

#endif
