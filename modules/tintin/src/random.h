/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random words and stochastic rounding.
 */
#ifndef TT_RANDOM_H_
#define TT_RANDOM_H_

#include "fixed.h"

/** Marsaglia's xorshift32 (J. Stat. Soft. 8:14, 2003): 2^32 - 1 states, never 0. */
static inline uint32_t tt_random(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	*state = x;
	return x;
}

/**
 * SR(v, s): v / 2^s rounded up or down at random so that the mean is exact. |v| < 2^30.
 * Zero stays zero without a draw, which lets ReLU's zeros skip the work.
 */
static inline int32_t tt_round_random(int32_t v, int s, uint32_t *state)
{
	if (v == 0 || s <= 0) {
		return tt_round(v, s);
	}
	if (s > 30) {
		v >>= s - 30 > 31 ? 31 : s - 30;
		s = 30;
	}
	return (v + (int32_t)(tt_random(state) & ((1u << s) - 1u))) >> s;
}

#endif
