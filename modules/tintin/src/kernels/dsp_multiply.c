/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows times vectors for cores with the DSP extension. SMLAD multiplies two pairs of 16-bit halves
 * and adds both; SXTB16 widens bytes 0 and 2 of a word to halves, and with a rotation bytes 1 and 3.
 * A vector meets four rows, and its zeros are skipped: per 4 x 4 products 5 loads, 10 SXTB16, 8
 * SMLAD, 3 of loop: 1.6 a MAC. What meets more than one vector is packed before: dsp_correlate.c.
 */
#include "kernels.h"

#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)

#include "scalar.h"

/* Four values as halves: bytes 0 and 2, bytes 1 and 3. */
struct halves {
	uint32_t even, odd;
};

TT_INLINE struct halves widen(uint32_t word)
{
	struct halves h;

	__asm__("sxtb16 %0, %1" : "=r"(h.even) : "r"(word));
	__asm__("sxtb16 %0, %1, ror #8" : "=r"(h.odd) : "r"(word));
	return h;
}

TT_INLINE int32_t mac(int32_t acc, struct halves a, struct halves b)
{
	__asm__("smlad %0, %1, %2, %0" : "+r"(acc) : "r"(a.even), "r"(b.even));
	__asm__("smlad %0, %1, %2, %0" : "+r"(acc) : "r"(a.odd), "r"(b.odd));
	return acc;
}

static void dot_four(const struct tt_rows *rows, uint32_t i, const int8_t *x, int32_t *acc)
{
	const int8_t *w0 = rows->weight + i * rows->n, *w1 = w0 + rows->n;
	const int8_t *w2 = w1 + rows->n, *w3 = w2 + rows->n, *stop = x + rows->n;
	const int32_t *start = rows->start + i;
	int32_t s0 = start[0], s1 = start[1], s2 = start[2], s3 = start[3];

	for (; x + 4 <= stop; x += 4, w0 += 4, w1 += 4, w2 += 4, w3 += 4) {
		uint32_t word = tt_load4(x);

		if (word != 0) {
			struct halves h = widen(word);

			s0 = mac(s0, widen(tt_load4(w0)), h);
			s1 = mac(s1, widen(tt_load4(w1)), h);
			s2 = mac(s2, widen(tt_load4(w2)), h);
			s3 = mac(s3, widen(tt_load4(w3)), h);
		}
	}
	for (; x < stop; x++) {
		s0 += *x * *w0++;
		s1 += *x * *w1++;
		s2 += *x * *w2++;
		s3 += *x * *w3++;
	}
	acc[i] = s0;
	acc[i + 1] = s1;
	acc[i + 2] = s2;
	acc[i + 3] = s3;
}

static int32_t dot_one(const int8_t *w, const int8_t *x, uint32_t n, int32_t acc)
{
	const int8_t *stop = x + n;

	for (; x + 4 <= stop; x += 4, w += 4) {
		acc = mac(acc, widen(tt_load4(w)), widen(tt_load4(x)));
	}
	while (x < stop) {
		acc += *x++ * *w++;
	}
	return acc;
}

void tt_dsp_multiply(const struct tt_rows *rows, const struct tt_vectors *v, int32_t *acc)
{
	const int8_t *x = v->x;

	for (uint32_t j = 0; j < v->count; j++, x += v->stride, acc += rows->count) {
		uint32_t i = 0;

		for (; i + 4 <= rows->count; i += 4) {
			dot_four(rows, i, x, acc);
		}
		for (; i < rows->count; i++) {
			acc[i] = dot_one(rows->weight + i * rows->n, x, rows->n, rows->start[i]);
		}
	}
}

#endif
