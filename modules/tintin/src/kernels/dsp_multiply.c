/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows times vectors for cores with the DSP extension. SMLAD multiplies two pairs of 16-bit halves
 * and adds both; SXTB16 widens bytes 0 and 2 of a word to halves, and with a rotation bytes 1 and 3.
 *
 * Two vectors are widened together, a piece at a time, and meet two rows at once: per 2 x 2 x 4
 * products 2 loads and 4 SXTB16 for the rows, 2 double loads for the vectors, 8 SMLAD, 2 of loop:
 * 1.1 a MAC. A vector alone meets four rows, and its zeros are skipped: 1.6 a MAC.
 */
#include "kernels.h"

#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)

#include "scalar.h"

#define PIECE 64u /* values of a vector widened at once: 256 bytes of stack for two */

/* Four values as halves: bytes 0 and 2, bytes 1 and 3. */
struct halves {
	uint32_t even, odd;
};

/* The same four of two vectors. */
struct pair {
	struct halves of[2];
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

/* 1 to 3 bytes as a word that ends in zeros: nothing beyond a row is read. */
TT_INLINE uint32_t load_some(const int8_t *a, uint32_t n)
{
	uint32_t word = (uint8_t)a[0];

	word |= n > 1 ? (uint32_t)(uint8_t)a[1] << 8 : 0;
	return word | (n > 2 ? (uint32_t)(uint8_t)a[2] << 16 : 0);
}

static void widen_pair(struct pair *to, const int8_t *x0, const int8_t *x1, uint32_t n)
{
	for (; n >= 4; n -= 4, x0 += 4, x1 += 4, to++) {
		to->of[0] = widen(tt_load4(x0));
		to->of[1] = widen(tt_load4(x1));
	}
	if (n > 0) {
		to->of[0] = widen(load_some(x0, n));
		to->of[1] = widen(load_some(x1, n));
	}
}

/* Two rows, `stride` apart, times two vectors; acc1 is the second vector's. */
TT_INLINE void two_by_two(const int8_t *w0, uint32_t stride, const struct pair *x, uint32_t n,
			  int32_t *acc0, int32_t *acc1)
{
	const int8_t *w1 = w0 + stride;
	int32_t s00 = acc0[0], s10 = acc0[1], s01 = acc1[0], s11 = acc1[1];
	const struct pair *stop = x + n / 4u;

	for (; x < stop; x++, w0 += 4, w1 += 4) {
		struct halves r0 = widen(tt_load4(w0)), r1 = widen(tt_load4(w1));

		s00 = mac(s00, r0, x->of[0]);
		s10 = mac(s10, r1, x->of[0]);
		s01 = mac(s01, r0, x->of[1]);
		s11 = mac(s11, r1, x->of[1]);
	}
	if (n % 4u != 0) {
		struct halves r0 = widen(load_some(w0, n % 4u));
		struct halves r1 = widen(load_some(w1, n % 4u));

		s00 = mac(s00, r0, x->of[0]);
		s10 = mac(s10, r1, x->of[0]);
		s01 = mac(s01, r0, x->of[1]);
		s11 = mac(s11, r1, x->of[1]);
	}
	acc0[0] = s00;
	acc0[1] = s10;
	acc1[0] = s01;
	acc1[1] = s11;
}

static void one_by_two(const int8_t *w, const struct pair *x, uint32_t n, int32_t *acc0,
		       int32_t *acc1)
{
	for (; n >= 4; n -= 4, w += 4, x++) {
		struct halves row = widen(tt_load4(w));

		*acc0 = mac(*acc0, row, x->of[0]);
		*acc1 = mac(*acc1, row, x->of[1]);
	}
	if (n > 0) {
		struct halves row = widen(load_some(w, n));

		*acc0 = mac(*acc0, row, x->of[0]);
		*acc1 = mac(*acc1, row, x->of[1]);
	}
}

static void multiply_pair(const struct tt_rows *rows, const int8_t *x0, const int8_t *x1,
			  int32_t *acc)
{
	struct pair x[PIECE / 4u];
	int32_t *acc1 = acc + rows->count;

	for (uint32_t i = 0; i < rows->count; i++) {
		acc[i] = acc1[i] = rows->start[i];
	}
	for (uint32_t k = 0; k < rows->n; k += PIECE) {
		uint32_t n = rows->n - k < PIECE ? rows->n - k : PIECE, i = 0;
		const int8_t *w = rows->weight + k;

		widen_pair(x, x0 + k, x1 + k, n);
		for (; i + 2 <= rows->count; i += 2, w += 2 * rows->n) {
			two_by_two(w, rows->n, x, n, acc + i, acc1 + i);
		}
		if (i < rows->count) {
			one_by_two(w, x, n, acc + i, acc1 + i);
		}
	}
}

/* A vector alone. */
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

static void multiply_one(const struct tt_rows *rows, const int8_t *x, int32_t *acc)
{
	uint32_t i = 0;

	for (; i + 4 <= rows->count; i += 4) {
		dot_four(rows, i, x, acc);
	}
	for (; i < rows->count; i++) {
		acc[i] = dot_one(rows->weight + i * rows->n, x, rows->n, rows->start[i]);
	}
}

void tt_dsp_multiply(const struct tt_rows *rows, const struct tt_vectors *v, int32_t *acc)
{
	const int8_t *x = v->x;
	uint32_t j = 0;

	for (; j + 2 <= v->count; j += 2, x += 2 * v->stride, acc += 2 * rows->count) {
		multiply_pair(rows, x, x + v->stride, acc);
	}
	if (j < v->count) {
		multiply_one(rows, x, acc);
	}
}

#endif
