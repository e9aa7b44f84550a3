/* SPDX-License-Identifier: Apache-2.0 */
/* Between the products, for Helium. */
#include "kernels.h"

#if defined(__ARM_FEATURE_MVE)

#ifndef __clang__
#pragma GCC optimize("O2,no-tree-loop-distribute-patterns")
#endif

#include <arm_mve.h>

#include "../fixed.h"
#include "load.h"

#define LANES 4u

/* What is found of a vector. */
struct found {
	uint16_t *at, *sum;
	uint32_t total;
};

/* Byte i of a word, number k of the vector. */
TT_INLINE void note(struct found *f, uint32_t word, unsigned int i, uint32_t k, bool sums)
{
	if ((word & 0xffu << 8 * i) != 0) {
		*f->at++ = (uint16_t)k;
		if (sums) {
			*f->sum++ = (uint16_t)f->total;
			f->total += (uint32_t)(int32_t)(int8_t)(word >> 8 * i);
		}
	}
}

/*
 * The sums are those of all values before each place, modulo 2^16 and as halves: from them an
 * update computes the carries of eight weights side by side.
 */
TT_INLINE void compress(struct tt_sparse *s, bool sums)
{
	struct found f = {.at = s->at, .sum = (uint16_t *)s->sum};
	uint32_t k = 0;

	for (; k + 4 <= s->n; k += 4) {
		uint32_t word = tt_load4(&s->x[k]);

		if (word != 0) {
			note(&f, word, 0, k, sums);
			note(&f, word, 1, k + 1, sums);
			note(&f, word, 2, k + 2, sums);
			note(&f, word, 3, k + 3, sums);
		}
	}
	for (; k < s->n; k++) {
		note(&f, (uint8_t)s->x[k], 0, k, sums);
	}
	s->count = (uint32_t)(f.at - s->at);
}

void tt_mve_compress(struct tt_sparse *s)
{
	if (s->sum != NULL) {
		compress(s, true);
	} else {
		compress(s, false);
	}
}

void tt_mve_copy_rows(int8_t *to, const int8_t *from, const struct tt_window *w)
{
	for (uint32_t r = 0; r < w->rows; r++, to += w->n, from += w->stride) {
		int8_t *out = to;
		const int8_t *in = from;

		__asm__ volatile("dlstp.8 lr, %[n]\n"
			"1:\n"
			"vldrb.8 q0, [%[in]], #16\n"
			"vstrb.8 q0, [%[out]], #16\n"
			"letp lr, 1b\n"
			: [in] "+r"(in), [out] "+r"(out)
			: [n] "r"(w->n)
			: "lr", "q0", "memory");
	}
}

void tt_mve_clear(int32_t *acc, uint32_t n)
{
	int32x4_t zero = vdupq_n_s32(0);
	uint32_t k = 0;

	for (; k + LANES <= n; k += LANES) {
		vstrwq_s32(acc + k, zero);
	}
	for (; k < n; k++) {
		acc[k] = 0;
	}
}

TT_INLINE uint32_t any_lane(uint32x4_t v)
{
	return vgetq_lane_u32(v, 0) | vgetq_lane_u32(v, 1) | vgetq_lane_u32(v, 2) |
	       vgetq_lane_u32(v, 3);
}

uint32_t tt_mve_span(const int32_t *acc, uint32_t n)
{
	uint32x4_t span = vdupq_n_u32(0);

	for (uint32_t k = 0; k < n; k += LANES) {
		int32x4_t value = vldrwq_z_s32(acc + k, vctp32q(n - k));

		span = vorrq_u32(span, vreinterpretq_u32_s32(vabsq_s32(value)));
	}
	return any_lane(span);
}

/* Per 4 values: load, ReLU, 2 for the span, VRSHL, 2 limits, store, LETP. */
static uint32x4_t quantise(int8_t *to, const int32_t *acc, uint32_t n, const struct tt_quantiser *q)
{
	int32x4_t low = vdupq_n_s32(-TT_INT8_MAX), high = vdupq_n_s32(TT_INT8_MAX);
	int32x4_t least = vdupq_n_s32(q->relu ? 0 : -TT_ACC_MAX);
	uint32x4_t span = vdupq_n_u32(0);

	__asm__ volatile("dlstp.32 lr, %[n]\n"
		"1:\n"
		"vldrw.32 q0, [%[acc]], #16\n"
		"vmax.s32 q0, q0, %q[least]\n"
		"vabs.s32 q1, q0\n"
		"vorr %q[span], %q[span], q1\n"
		"vrshl.s32 q0, %[left]\n"
		"vmax.s32 q0, q0, %q[low]\n"
		"vmin.s32 q0, q0, %q[high]\n"
		"vstrb.32 q0, [%[to]], #4\n"
		"letp lr, 1b\n"
		: [span] "+w"(span), [acc] "+r"(acc), [to] "+l"(to)
		: [n] "r"(n), [left] "r"(-(int32_t)q->shift), [least] "w"(least), [low] "w"(low),
		  [high] "w"(high)
		: "lr", "q0", "q1", "memory");
	return span;
}

/* The same where a mask decides: 3 more, and no ReLU. */
static uint32x4_t quantise_masked(int8_t *to, const int32_t *acc, uint32_t n,
				  const struct tt_quantiser *q)
{
	int32x4_t low = vdupq_n_s32(-TT_INT8_MAX), high = vdupq_n_s32(TT_INT8_MAX);
	uint32x4_t span = vdupq_n_u32(0);
	const int8_t *mask = q->mask;

	__asm__ volatile("dlstp.32 lr, %[n]\n"
		"1:\n"
		"vldrw.32 q0, [%[acc]], #16\n"
		"vldrb.s32 q1, [%[mask]], #4\n"
		"vpt.i32 eq, q1, zr\n"
		"vmovt.i32 q0, #0\n"
		"vabs.s32 q1, q0\n"
		"vorr %q[span], %q[span], q1\n"
		"vrshl.s32 q0, %[left]\n"
		"vmax.s32 q0, q0, %q[low]\n"
		"vmin.s32 q0, q0, %q[high]\n"
		"vstrb.32 q0, [%[to]], #4\n"
		"letp lr, 1b\n"
		: [span] "+w"(span), [acc] "+r"(acc), [to] "+l"(to), [mask] "+l"(mask)
		: [n] "r"(n), [left] "r"(-(int32_t)q->shift), [low] "w"(low), [high] "w"(high)
		: "lr", "q0", "q1", "memory");
	return span;
}

void tt_mve_quantise(int8_t *to, const int32_t *acc, uint32_t n, struct tt_quantiser *q)
{
	bool masked = q->mask != NULL;

	q->span |= any_lane(masked ? quantise_masked(to, acc, n, q) : quantise(to, acc, n, q));
}

#endif
