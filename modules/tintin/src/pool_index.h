/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Which input each output of a max pool came from: kernel_h * kernel_w choices, packed in 1, 2,
 * 4, 8 or 16 bits an output, the first output in the low bits.
 */
#ifndef TT_POOL_INDEX_H_
#define TT_POOL_INDEX_H_

#include "fixed.h"
#include "layer.h"

/** How a pool packs its indices: 2^log2 bits each. */
static inline uint32_t tt_index_log2(const struct tintin_layer_entry *entry)
{
	int bits = tt_bitlen((uint32_t)entry->kernel_h * entry->kernel_w - 1u);

	return bits <= 1 ? 0u : bits <= 2 ? 1u : bits <= 4 ? 2u : bits <= 8 ? 3u : 4u;
}

/** Bytes for @p n indices. */
static inline uint32_t tt_index_bytes(const struct tintin_layer_entry *entry, uint32_t n)
{
	return ((n << tt_index_log2(entry)) + 7u) / 8u;
}

/** Store index @p i; the place holds 0. */
static inline void tt_index_put(uint8_t *packed, uint32_t log2, uint32_t i, uint32_t index)
{
	uint32_t bit = i << log2;

	packed[bit / 8u] |= (uint8_t)(index << bit % 8u);
	if (log2 == 4u) {
		packed[bit / 8u + 1u] = (uint8_t)(index >> 8);
	}
}

static inline uint32_t tt_index_get(const uint8_t *packed, uint32_t log2, uint32_t i)
{
	uint32_t bit = i << log2;

	if (log2 == 4u) {
		return packed[bit / 8u] | (uint32_t)packed[bit / 8u + 1u] << 8;
	}
	return packed[bit / 8u] >> bit % 8u & ((1u << (1u << log2)) - 1u);
}

#endif
