/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * One master weight in its two planes. Stored is m' = m + half, so that the int8 plane is m
 * rounded to nearest: m' = weight * 2^F + fraction.
 */
#ifndef TT_MASTER_H_
#define TT_MASTER_H_

#include "kernels.h"

static inline int32_t tt_master_half(uint8_t bits)
{
	return (1 << bits) >> 1;
}

/** Limits of m' that keep the int8 plane within +-127. */
static inline int32_t tt_master_max(uint8_t bits)
{
	return (128 << bits) - 1;
}

static inline int32_t tt_master_min(uint8_t bits)
{
	return -(127 * (1 << bits)) + (bits > 0 ? 1 : 0);
}

static inline int32_t tt_master_load(const struct tt_row *row, uint32_t i)
{
	int32_t w = row->weight[i];

	switch (row->fraction_bits) {
	case 8:
		return w * 256 + row->fraction[i];
	case 4:
		return w * 16 + ((row->fraction[i / 2] >> (i & 1u) * 4u) & 15);
	default:
		return w;
	}
}

static inline void tt_master_store(const struct tt_row *row, uint32_t i, int32_t m)
{
	row->weight[i] = (int8_t)(m >> row->fraction_bits);
	if (row->fraction_bits == 8) {
		row->fraction[i] = (uint8_t)m;
	} else if (row->fraction_bits == 4) {
		unsigned int low = (i & 1u) * 4u;
		unsigned int other = row->fraction[i / 2] & (0xf0u >> low);

		row->fraction[i / 2] = (uint8_t)(other | ((unsigned int)m & 15u) << low);
	}
}

#endif
