/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Random words, and the rounding that carries what it leaves over.
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
 * What a row's rounding begins with: uniform in [0, 2^s). One word a row, drawn when s > 0.
 */
static inline uint32_t tt_carry_begin(uint32_t *state, int s)
{
	return s <= 0 ? 0 : tt_random(state) >> (s < 30 ? 32 - s : 2);
}

/**
 * v / 2^s rounded down together with what the weights of the row before this one left over; what
 * this one leaves goes on to the next. Each carry is uniform, as the first is, so that the mean is
 * exact; and a row as a whole is off by less than one unit, however long it is. |v| < 2^30.
 * Zero stays zero whatever the carry, which lets ReLU's zeros skip the work.
 */
static inline int32_t tt_round_carrying(int32_t v, int s, uint32_t *carry)
{
	if (s <= 0) {
		return tt_round(v, s);
	}
	if (s > 30) {
		v >>= s - 30 > 31 ? 31 : s - 30;
		s = 30;
	}
	v += (int32_t)*carry;
	*carry = (uint32_t)v & ((1u << s) - 1u);
	return v >> s;
}

#endif
