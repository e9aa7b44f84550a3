/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For cores with the DSP extension: SMLAD multiplies two pairs of 16-bit halves and adds both.
 * SXTB16 widens bytes 0 and 2 of a word, and with a rotation bytes 1 and 3, so that four int8 of
 * weights meet four of the vector in two multiplications.
 */
#include "kernels.h"

#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)

#ifndef __clang__
#pragma GCC optimize("O2,no-schedule-insns")
#endif

#define INLINE static inline __attribute__((always_inline))

INLINE uint32_t load4(const int8_t *a)
{
	uint32_t word;

	__builtin_memcpy(&word, a, sizeof(word)); /* a load, in a freestanding build too */
	return word;
}

INLINE uint32_t even(uint32_t word)
{
	uint32_t halves;

	__asm__("sxtb16 %0, %1" : "=r"(halves) : "r"(word));
	return halves;
}

INLINE uint32_t odd(uint32_t word)
{
	uint32_t halves;

	__asm__("sxtb16 %0, %1, ror #8" : "=r"(halves) : "r"(word));
	return halves;
}

INLINE int32_t mac(int32_t acc, uint32_t a, uint32_t b)
{
	__asm__("smlad %0, %1, %2, %0" : "+r"(acc) : "r"(a), "r"(b));
	return acc;
}

/* Four products: load, 2 SXTB16, 2 SMLAD. */
INLINE int32_t mac4(int32_t acc, const int8_t *w, uint32_t a02, uint32_t a13)
{
	uint32_t word = load4(w);

	acc = mac(acc, even(word), a02);
	return mac(acc, odd(word), a13);
}

/* Per 4 x 4 products: 20 for the rows, 4 pointers, 3 for the vector, 4 around them: 1.9 a MAC. */
static void dot_four(const struct tt_rows *rows, const int8_t *a, int32_t *acc)
{
	const int8_t *w0 = rows->weight, *w1 = w0 + rows->n, *w2 = w1 + rows->n, *w3 = w2 + rows->n;
	int32_t s0 = acc[0], s1 = acc[1], s2 = acc[2], s3 = acc[3];
	const int8_t *end = a + rows->n;

	for (; a + 4 <= end; a += 4, w0 += 4, w1 += 4, w2 += 4, w3 += 4) {
		uint32_t word = load4(a);

		if (word != 0) {
			uint32_t a02 = even(word), a13 = odd(word);

			s0 = mac4(s0, w0, a02, a13);
			s1 = mac4(s1, w1, a02, a13);
			s2 = mac4(s2, w2, a02, a13);
			s3 = mac4(s3, w3, a02, a13);
		}
	}
	for (; a < end; a++) {
		s0 += *a * *w0++;
		s1 += *a * *w1++;
		s2 += *a * *w2++;
		s3 += *a * *w3++;
	}
	acc[0] = s0;
	acc[1] = s1;
	acc[2] = s2;
	acc[3] = s3;
}

static int32_t dot_one(const int8_t *w, const int8_t *a, uint32_t n)
{
	const int8_t *end = a + n;
	int32_t acc = 0;

	for (; a + 4 <= end; a += 4, w += 4) {
		uint32_t word = load4(a);

		acc = mac4(acc, w, even(word), odd(word));
	}
	while (a < end) {
		acc += *a++ * *w++;
	}
	return acc;
}

void tt_dsp_dot_rows(const struct tt_rows *rows, const int8_t *a, int32_t *acc)
{
	if (rows->count == TT_BLOCK) {
		dot_four(rows, a, acc);
		return;
	}
	for (uint32_t i = 0; i < rows->count; i++) {
		acc[i] += dot_one(&rows->weight[i * rows->n], a, rows->n);
	}
}

#endif
