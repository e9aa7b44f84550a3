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

/** 2^32 / golden ratio: r, r + this, r + 2 this, ... spread evenly over the circle (Weyl). */
#define TT_DITHER_STEP 0x9e3779b9u

/** The dither of a row begins at a random word, which makes each of its words uniform. */
static inline uint32_t tt_dither_begin(uint32_t *state, int shift)
{
	return shift > 0 ? tt_random(state) : 0;
}

/**
 * SR(v, s): v / 2^s rounded up or down by a uniform word, so that the mean is exact. |v| < 2^30.
 * Zero stays zero whatever the word, which lets ReLU's zeros skip the work.
 */
static inline int32_t tt_round_dithered(int32_t v, int s, uint32_t word)
{
	if (s <= 0) {
		return tt_round(v, s);
	}
	if (s > 30) {
		v >>= s - 30 > 31 ? 31 : s - 30;
		s = 30;
	}
	return (v + (int32_t)(word >> (32 - s))) >> s;
}

#endif
