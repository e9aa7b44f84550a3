/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * One master weight in its two planes. Stored is m' = m + half, so that the int8 plane is m
 * rounded to nearest: m' = weight * 2^F + fraction.
 */
#ifndef TT_MASTER_H_
#define TT_MASTER_H_

#include "../fixed.h"
#include "kernels.h"
#include "load.h"

static inline int32_t tt_master_half(uint8_t bits)
{
	return (1 << bits) >> 1;
}

#define TT_WEIGHT_MAX 127

TT_INLINE int32_t tt_master_load(struct tt_planes p, uint32_t i)
{
	int32_t w = p.weight[i];

	switch (p.bits) {
	case 8:
		return w * 256 + p.fraction[i];
	case 4:
		return w * 16 + ((p.fraction[i / 2] >> (i & 1u) * 4u) & 15);
	default:
		return w;
	}
}

TT_INLINE void tt_master_store(struct tt_planes p, uint32_t i, int32_t m)
{
	p.weight[i] = (int8_t)(m >> p.bits);
	if (p.bits == 8) {
		p.fraction[i] = (uint8_t)m;
	} else if (p.bits == 4) {
		unsigned int low = (i & 1u) * 4u;
		unsigned int other = p.fraction[i / 2] & (0xf0u >> low);

		p.fraction[i / 2] = (uint8_t)(other | ((unsigned int)m & 15u) << low);
	}
}

/**
 * Move one master by -delta, |delta| <= 2^30; its limits are those of the int8 plane.
 * @return whether it met them
 */
TT_INLINE bool tt_master_step(struct tt_planes p, uint32_t i, int32_t delta)
{
	int32_t m = tt_master_load(p, i) - delta;
	bool limited = (uint32_t)((m >> p.bits) + TT_WEIGHT_MAX) > 2u * TT_WEIGHT_MAX;

	if (__builtin_expect(limited, 0)) {
		m = m < 0 ? -TT_WEIGHT_MAX * (1 << p.bits) : ((TT_WEIGHT_MAX + 1) << p.bits) - 1;
	}
	tt_master_store(p, i, m);
	return limited;
}

/** What a fraction of 8 bits cannot take, @p m = fraction - delta; out of the way of what it can. */
__attribute__((noinline, cold)) static bool tt_master_carry(int8_t *weight, uint8_t *fraction,
							    uint32_t i, int32_t m)
{
	int32_t w = weight[i] + (m >> 8);

	if ((uint32_t)(w + TT_WEIGHT_MAX) > 2u * TT_WEIGHT_MAX) {
		weight[i] = w < 0 ? -TT_WEIGHT_MAX : TT_WEIGHT_MAX;
		fraction[i] = w < 0 ? 0 : 255;
		return true;
	}
	weight[i] = (int8_t)w;
	fraction[i] = (uint8_t)m;
	return false;
}

/** The same for a step that is likely small: where the fraction can take it, that is all. */
TT_INLINE bool tt_master_nudge(struct tt_planes p, uint32_t i, int32_t delta)
{
	if (p.bits == 8) {
		int32_t fraction = p.fraction[i] - delta;

		if (__builtin_expect((uint32_t)fraction > 255u, 0)) {
			return tt_master_carry(p.weight, p.fraction, i, fraction);
		}
		p.fraction[i] = (uint8_t)fraction;
		return false;
	}
	if (p.bits == 4) {
		unsigned int low = (i & 1u) * 4u;
		int32_t pair = p.fraction[i / 2];

		if ((uint32_t)((pair >> low & 15) - delta) <= 15u) {
			p.fraction[i / 2] = (uint8_t)(pair - delta * (1 << low));
			return false;
		}
	}
	return tt_master_step(p, i, delta);
}

#endif
