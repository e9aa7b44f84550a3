/* SPDX-License-Identifier: Apache-2.0 */
#include "loss.h"

#include <stdbool.h>

#include <tintin/network.h>

#include "fixed.h"

#define Q10_MAX   16384u /* 16.0: e^-16 is below half a unit of Q15 */
#define LOG2E_Q10 1477u  /* 1024 log2(e) */
#define LN2_Q10   710u  /* 1024 ln(2) */
#define ERROR_EXP (-18)  /* Q15 probability times the rate's mantissa in eighths */

/* round(32768 * 2^(-j/32)) */
static const uint16_t power_of_half[33] = {
	32768, 32066, 31379, 30706, 30048, 29405, 28774, 28158, 27554, 26964, 26386,
	25821, 25268, 24726, 24196, 23678, 23170, 22674, 22188, 21713, 21247, 20792,
	20347, 19911, 19484, 19066, 18658, 18258, 17867, 17484, 17109, 16743, 16384,
};

/* d * 2^exp in Q10, at most 16.0. */
static uint32_t to_q10(uint32_t d, int exp)
{
	int k = exp + 10;

	if (k >= 0) {
		k = k < 14 ? k : 14;
		return d > (Q10_MAX >> k) ? Q10_MAX : d << k;
	}
	if (-k > 31) {
		return 0;
	}
	d = (d >> -k) + (d >> (-k - 1) & 1u);
	return d < Q10_MAX ? d : Q10_MAX;
}

/* 32768 * e^-t, t in Q10: a power of two by shifting, its fraction by table and chord. */
static uint32_t exp_negative(uint32_t t)
{
	uint32_t u = t * LOG2E_Q10 >> 10;
	uint32_t whole = u >> 10, j = u >> 5 & 31u, rest = u & 31u;
	uint32_t drop = (uint32_t)(power_of_half[j] - power_of_half[j + 1]) * rest >> 5;

	return whole > 15 ? 0 : (power_of_half[j] - drop) >> whole;
}

static uint16_t first_maximum(const int32_t *z, uint32_t n)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < n; i++) {
		if (z[i] > z[best]) {
			best = i;
		}
	}
	return (uint16_t)best;
}

struct tintin_prediction tt_softmax(int32_t *logits, uint32_t n, int exp)
{
	uint16_t best = first_maximum(logits, n);
	int32_t max = logits[best];
	uint32_t sum = 0, scale;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t p = exp_negative(to_q10((uint32_t)max - (uint32_t)logits[i], exp));

		logits[i] = (int32_t)p;
		sum += p;
	}
	scale = (uint32_t)INT32_MAX / sum;
	for (uint32_t i = 0; i < n; i++) {
		logits[i] = (int32_t)((uint32_t)logits[i] * scale >> 16);
	}
	return (struct tintin_prediction){.label = best, .confidence = (uint16_t)logits[best]};
}

/*
 * -ln(p / 2^15) = (15 - log2 p) ln 2. With p = 2^w (1 + f), f in 0 .. 1, log2(1 + f) is
 * f + 0.3463 f (1 - f) to within 0.0085.
 */
uint16_t tintin_loss(uint16_t probability)
{
	uint32_t p = probability > 0 ? 2u * probability : 1u; /* of 2^16: half a unit is 1 */
	uint32_t whole = (uint32_t)tt_bitlen(p) - 1u;
	uint32_t f = (p << (16u - whole) & 0xffffu) >> 6; /* Q10 */
	uint32_t log2 = (whole << 10) + f + (f * (1024u - f) / 1024u * 355u >> 10);

	return (uint16_t)(((16u << 10) - log2) * LN2_Q10 >> 10);
}

#if TINTIN_TRAINING

int16_t tt_loss_error(const struct tt_loss *loss, int8_t *error, bool *any)
{
	int32_t *err = loss->probability;
	uint32_t span = 0;
	int shift;

	err[loss->label] -= 1 << 15;
	for (uint32_t i = 0; i < loss->n; i++) {
		err[i] *= loss->rate_mantissa;
		span |= tt_abs(err[i]);
	}
	shift = tt_bitlen(span) - 7;
	shift = shift > 0 ? shift : 0;
	*any = false;
	for (uint32_t i = 0; i < loss->n; i++) {
		error[i] = tt_clip(tt_round(err[i], shift));
		*any |= error[i] != 0;
	}
	return (int16_t)(ERROR_EXP + shift);
}

#endif
