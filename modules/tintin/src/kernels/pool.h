/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The max pool that nearly every network has: windows of 2 x 2 that lie inside the input.
 */
#ifndef TT_POOL_H_
#define TT_POOL_H_

#include "kernels.h"

/** Numbers of two bits on their way into bytes, the first in the low bits. */
struct tt_quads {
	uint8_t *to;   /* where the next whole byte goes */
	uint32_t step; /* from byte to byte; 0 where they are not wanted */
	uint32_t bits; /* what is not a whole byte yet */
	uint32_t used; /* how many bits of it: 0, 2, 4 or 6 */
};

static inline void tt_quads_add(struct tt_quads *q, uint32_t bits, uint32_t count)
{
	q->bits |= bits << q->used;
	q->used += count;
	if (q->used >= 8u) {
		*q->to = (uint8_t)q->bits;
		q->to += q->step;
		q->bits >>= 8;
		q->used -= 8u;
	}
}

/** The window's other values, from the first one on. */
struct tt_square {
	uint32_t right, below;
};

/** Maximum of @p n channels of a window that begins at @p a, and the number of the first. */
void tt_scalar_pool(int8_t *out, struct tt_quads *index, const int8_t *a,
		    const struct tt_square *at, uint32_t n);
void tt_dsp_pool(int8_t *out, struct tt_quads *index, const int8_t *a, const struct tt_square *at,
		 uint32_t n);
void tt_ref_pool(int8_t *out, struct tt_quads *index, const int8_t *a, const struct tt_square *at,
		 uint32_t n);

#if defined(__ARM_FEATURE_DSP) && !defined(TINTIN_KERNELS_REF)
#define tt_pool tt_dsp_pool
#elif defined(__arm__) && !defined(TINTIN_KERNELS_REF)
#define tt_pool tt_scalar_pool
#else
#define tt_pool tt_ref_pool
#endif

#endif
