/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Windows times filters for cores with the DSP extension. SMLAD multiplies two pairs of 16-bit halves
 * and adds both. Two windows meet two filters at once: per 2 x 2 x 2 products a double load of the
 * filters, 2 loads, 4 SMLAD and half of 3 for the loop: 1.06 a MAC.
 */
#include "panel.h"

#if TT_LANES_ARE_WIDE

#include "scalar.h"

/* Sums of two windows and two filters. */
struct sums {
	int32_t s00, s01, s10, s11; /* window, filter */
};

TT_INLINE int32_t mac(int32_t acc, uint32_t a, uint32_t b)
{
	__asm__("smlad %0, %1, %2, %0" : "+r"(acc) : "r"(a), "r"(b));
	return acc;
}

/* Two lanes, at any even address. */
TT_INLINE uint32_t load2(const int16_t *x)
{
	uint32_t word;

	__builtin_memcpy(&word, x, sizeof(word));
	return word;
}

/* Lanes 2 k and 2 k + 1; w: of both filters. */
TT_INLINE void two(struct sums *s, const uint32_t *w, const int16_t *x0, const int16_t *x1)
{
	uint32_t w0 = w[0], w1 = w[1], a = load2(x0), b = load2(x1);

	s->s00 = mac(s->s00, a, w0);
	s->s01 = mac(s->s01, a, w1);
	s->s10 = mac(s->s10, b, w0);
	s->s11 = mac(s->s11, b, w1);
}

TT_INLINE void two_windows(const uint32_t *w, const uint32_t *stop, const int16_t *x0,
			   const int16_t *x1, struct sums *s)
{
	if ((stop - w) % 4 != 0) {
		two(s, w, x0, x1);
		w += 2;
		x0 += 2;
		x1 += 2;
	}
	for (; w < stop; w += 4, x0 += 4, x1 += 4) {
		two(s, w, x0, x1);
		two(s, w + 2, x0 + 2, x1 + 2);
	}
}

TT_INLINE void one_window(const uint32_t *w, const uint32_t *stop, const int16_t *x, struct sums *s)
{
	for (; w < stop; w += 2, x += 2) {
		uint32_t a = load2(x);

		s->s00 = mac(s->s00, a, w[0]);
		s->s01 = mac(s->s01, a, w[1]);
	}
}

/* Two filters, i and i + 1, and all windows. */
static void correlate_two(const struct tt_bank *bank, uint32_t i, const struct tt_windows *windows,
			  int32_t *acc)
{
	const uint32_t *w = (const uint32_t *)(bank->weight + i * bank->n), *stop = w + bank->n;
	const int16_t *x = windows->x;
	uint32_t left = windows->count, stride = windows->stride, next = bank->count;
	int32_t b0 = bank->start[i], b1 = bank->start[i + 1];

	acc += i;
	for (; left >= 2; left -= 2, x += 2 * stride, acc += 2 * next) {
		struct sums s = {b0, b1, b0, b1};

		two_windows(w, stop, x, x + stride, &s);
		acc[0] = s.s00;
		acc[1] = s.s01;
		acc[next] = s.s10;
		acc[next + 1] = s.s11;
	}
	if (left > 0) {
		struct sums s = {.s00 = b0, .s01 = b1};

		one_window(w, stop, x, &s);
		acc[0] = s.s00;
		acc[1] = s.s01;
	}
}

void tt_dsp_correlate(const struct tt_bank *bank, const struct tt_windows *w, int32_t *acc)
{
	for (uint32_t i = 0; i < bank->count; i += 2) {
		correlate_two(bank, i, w, acc);
	}
}

#endif
