/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Fixed point: the rounding shift, limits and bit lengths that every formula of DESIGN.md uses.
 */
#ifndef TT_FIXED_H_
#define TT_FIXED_H_

#include <stdint.h>

#define TT_INT8_MAX  127
#define TT_ACC_MAX   ((1 << 30) - 1) /* what an accumulator may reach: room for one rounding word */
#define TT_BIAS_EXP  (-20)
#define TT_BIAS_MAX  (1 << 28)
#define TT_EXP_LIMIT 100

static inline int32_t tt_limit(int32_t v, int32_t low, int32_t high)
{
	return v < low ? low : v > high ? high : v;
}

static inline int8_t tt_clip(int32_t v)
{
	return (int8_t)tt_limit(v, -TT_INT8_MAX, TT_INT8_MAX);
}

static inline uint32_t tt_abs(int32_t v)
{
	return v < 0 ? 0u - (uint32_t)v : (uint32_t)v;
}

/** Bits of a magnitude: 0 for 0, 8 for 128. */
static inline int tt_bitlen(uint32_t v)
{
	return v == 0 ? 0 : 32 - __builtin_clz(v);
}

/** RN(v, s): v / 2^s rounded to nearest, ties upward; a negative s multiplies and limits. |v| < 2^30. */
static inline int32_t tt_round(int32_t v, int s)
{
	if (s > 30) {
		return 0;
	}
	if (s > 0) {
		return (v + (1 << (s - 1))) >> s;
	}
	if (s == 0 || v == 0) {
		return v;
	}
	if (-s >= 30 || tt_abs(v) > ((uint32_t)TT_ACC_MAX >> -s)) {
		return v < 0 ? -TT_ACC_MAX : TT_ACC_MAX;
	}
	return v * (1 << -s);
}

/** An exponent that ran away is a diverged network: it stays defined, at the limit. */
static inline int16_t tt_exp(int e)
{
	return (int16_t)tt_limit(e, -TT_EXP_LIMIT, TT_EXP_LIMIT);
}

static inline uint32_t tt_larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static inline uint32_t tt_smaller(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

static inline uint32_t tt_align4(uint32_t n)
{
	return (n + 3u) & ~3u;
}

#endif
