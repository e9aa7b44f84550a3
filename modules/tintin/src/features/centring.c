/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Per value v in 2^-12: mean += (v - mean) / 2^r, spread += (|v - mean| - spread) / 2^r, where
 * r = log2 of the count rounded down, at most `slow`. |v| <= 2^27, |v - mean| <= 2^28.
 *
 * The feature is 25.5 (v - mean) / spread. The spread is brought to 16 bits, S' in [2^15, 2^16),
 * the distance by the same shift; limited to 8 spreads (beyond 5 it is 127 anyway) it is within
 * 2^19. With ratio = 102 * 2^20 / S' <= 3264 the product is below 2^30.8, and / 2^22 gives 25.5.
 */
#include <tintin/features.h>

#include "../fixed.h"

#define FINE        12
#define SPREAD_MIN  (1u << 8)  /* a 16th of a unit: what never varies must not divide by 0 */
#define SPREAD_MAX  (1u << 27)
#define SPREAD_BITS 16
#define GAIN_BITS   22
#define GAIN_ONE    (102u << (GAIN_BITS - 2)) /* 25.5 */

static int32_t toward(int32_t from, int32_t to, int shift)
{
	int32_t away = to - from;

	return from + (away >= 0 ? away >> shift : -(-away >> shift));
}

void tintin_centre_learn(struct tintin_centre *c, int16_t value, uint32_t count, uint8_t slow)
{
	int32_t v = value * (1 << FINE);
	int shift = tt_bitlen(count + 1u) - 1;

	shift = shift < slow ? shift : slow;
	c->mean = toward(c->mean, v, shift);
	c->spread = (uint32_t)toward((int32_t)c->spread, (int32_t)tt_abs(v - c->mean), shift);
}

struct tintin_gain tintin_centre_gain(const struct tintin_centre *c)
{
	uint32_t spread = c->spread < SPREAD_MIN ? SPREAD_MIN
						 : c->spread > SPREAD_MAX ? SPREAD_MAX : c->spread;
	int shift = tt_bitlen(spread) - SPREAD_BITS;
	uint32_t scaled = shift >= 0 ? spread >> shift : spread << -shift;

	return (struct tintin_gain){
		.mean = c->mean,
		.limit = (int32_t)(spread * 8u),
		.ratio = (int32_t)(GAIN_ONE / scaled),
		.shift = (int8_t)shift,
	};
}

int8_t tintin_gain_apply(const struct tintin_gain *g, int16_t value)
{
	int32_t away = tt_limit(value * (1 << FINE) - g->mean, -g->limit, g->limit);

	away = g->shift >= 0 ? away >> g->shift : away * (1 << -g->shift);
	return tt_clip((away * g->ratio + (1 << (GAIN_BITS - 1))) >> GAIN_BITS);
}
