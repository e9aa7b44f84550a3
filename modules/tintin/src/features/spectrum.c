/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/features.h>

#include <string.h>

#include "../fixed.h"
#include "integer.h"
#include "sine.h"

#define INPUT_BITS 14 /* of tintin_fft()'s input */

/* sin^2(turn / 2) = (1 - cos turn) / 2 in Q15 */
static int32_t hann(unsigned int turn)
{
	return (32767 - tt_cosine(turn)) >> 1;
}

static int32_t mean_of(const struct tintin_series *s)
{
	int32_t sum = 0; /* |sum| <= 2^10 * 2^15 */

	for (int i = 0; i < s->length; i++) {
		sum += s->values[i * s->stride];
	}
	return (sum >= 0 ? sum + s->length / 2 : sum - s->length / 2) / s->length;
}

/* Bits of the largest distance from the mean: at most 17. */
static int bits_of(const struct tintin_series *s, int32_t mean)
{
	uint32_t bits = 0;

	for (int i = 0; i < s->length; i++) {
		bits |= tt_abs(s->values[i * s->stride] - mean);
	}
	return tt_bitlen(bits);
}

/* The distances from the mean, shifted to fill the transform's input; @return their exponent */
static int load(const struct tintin_series *s, int32_t mean, int16_t *work)
{
	int exp = bits_of(s, mean) - INPUT_BITS;
	int right = exp > 0 ? exp : 0, left = exp < 0 ? -exp : 0;

	for (int i = 0; i < s->length; i++) {
		int32_t away = s->values[i * s->stride] - mean;

		work[i] = (int16_t)((away * (1 << left)) >> right);
	}
	return exp;
}

static inline int16_t faded(int16_t value, int32_t weight)
{
	return (int16_t)((value * weight + (1 << 14)) >> 15);
}

/*
 * One division a window: the turn goes on in 2^-16 of a step of the sine's table. The value i from
 * the end has the weight of that i from the begin; the first has none.
 */
static void fade_in_and_out(int16_t *work, unsigned int length)
{
	uint32_t step = (1024u << 16) / length, turn = step;

	work[0] = 0;
	for (unsigned int i = 1, j = length - 1; i < j; i++, j--, turn += step) {
		int32_t weight = hann(turn >> 16);

		work[i] = faded(work[i], weight);
		work[j] = faded(work[j], weight);
	}
	if (length % 2 == 0) { /* one is its own mirror image */
		work[length / 2] = faded(work[length / 2], hann(512u));
	}
}

int tintin_spectrum(const struct tintin_series *s, enum tintin_fade fade, unsigned int log2n,
		    int16_t *work)
{
	int exp = load(s, mean_of(s), work);

	if (fade == TINTIN_HANN) {
		fade_in_and_out(work, s->length);
	}
	memset(work + s->length, 0, ((1u << log2n) - s->length) * sizeof(*work));
	return exp + tintin_fft(work, log2n);
}
