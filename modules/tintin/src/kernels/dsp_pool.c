/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Four channels at once: SSUB8 compares the bytes of two words and SEL takes of two words the bytes
 * that won. Per 4 channels 4 loads, 3 of each comparison and 6 SEL, store, 2 to put four numbers
 * together, 5 to put them away, 3 of loop.
 */
#include "pool.h"

#if defined(__ARM_FEATURE_DSP)

#include "load.h"

#ifndef __clang__
#pragma GCC optimize("O2")
#endif

#define EACH(n) ((n) * 0x01010101u)

/* The best of four channels so far, and their numbers. */
struct best {
	uint32_t value, which;
};

/* A byte is better where it is larger: where best - value is negative. */
TT_INLINE void meet(struct best *b, uint32_t value, uint32_t which)
{
	uint32_t dropped;

	__asm__("ssub8 %0, %1, %3\n"
		"sel %1, %1, %3\n"
		"sel %2, %2, %4\n"
		: "=&r"(dropped), "+r"(b->value), "+r"(b->which)
		: "r"(value), "r"(which));
}

/* Bytes of 0 to 3 to two bits each: they meet in the top byte of the product. */
TT_INLINE uint32_t together(uint32_t which)
{
	return which * (1u << 24 | 1u << 18 | 1u << 12 | 1u << 6) >> 24;
}

void tt_dsp_pool(int8_t *out, struct tt_quads *index, const int8_t *a, const struct tt_square *at,
		 uint32_t n)
{
	uint32_t right = at->right, below = at->below;
	struct tt_quads q = *index;

	for (; n >= 4; n -= 4, a += 4, out += 4) {
		struct best b = {tt_load4(a), 0};

		meet(&b, tt_load4(a + right), EACH(1u));
		meet(&b, tt_load4(a + below), EACH(2u));
		meet(&b, tt_load4(a + below + right), EACH(3u));
		__builtin_memcpy(out, &b.value, sizeof(b.value));
		tt_quads_add(&q, together(b.which), 8);
	}
	*index = q;
	tt_scalar_pool(out, index, a, at, n);
}

#endif
