/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mel(f) is proportional to log(700 + f) - log(700) (O'Shaughnessy 1987), so that a filter bank
 * from low to high, equally spaced in mel, is equally spaced in L(f) = log2(700 + f). A bin at f
 * lies (L(f) - L(low)) / (L(high) - L(low)) * (bands + 1) spacings from the low end. Filter b
 * rises from 0 at b to 1 at b + 1 and falls to 0 at b + 2.
 */
#include <tintin/features.h>

#include <string.h>

#include <tintin/error.h>

#include "../fixed.h"
#include "bands.h"
#include "integer.h"

#define BREAK      700u
#define FINE       12 /* frequencies in 2^-12 Hz, logarithms in 2^-12 */
#define BANDS_MAX  64
#define OUTSIDE    UINT16_MAX
#define PLACE_BITS 8

static int32_t pitch(uint32_t hertz_fine)
{
	return tt_log2_fine((BREAK << FINE) + hertz_fine, FINE);
}

static bool valid(const struct tintin_mel *mel)
{
	return mel->rate <= 48000u && mel->low < mel->high && mel->high * 2u <= mel->rate &&
	       mel->bands >= 1 && mel->bands <= BANDS_MAX && mel->log2n >= 6 && mel->log2n <= 9;
}

int tintin_mel_places(const struct tintin_mel *mel, uint16_t *place)
{
	if (!valid(mel)) {
		return -EINVAL;
	}
	int32_t low = pitch((uint32_t)mel->low << FINE);
	int32_t width = pitch((uint32_t)mel->high << FINE) - low;
	uint32_t spacings = (mel->bands + 1u) << PLACE_BITS;

	if (width <= 0) {
		return -EINVAL;
	}
	for (uint32_t k = 0; k < 1u << (mel->log2n - 1); k++) {
		/* k < 2^(log2n - 1) and rate < 2^16: less than 2^27 */
		int32_t above = pitch((k * mel->rate) << (FINE - mel->log2n)) - low;

		/* above < 2^12 log2(24700 / 700) < 2^15, spacings <= 65 * 2^8 */
		place[k] = above < 0 || above >= width
				   ? OUTSIDE
				   : (uint16_t)((uint32_t)above * spacings / (uint32_t)width);
	}
	return 0;
}

static void add(struct tt_long *sum, uint32_t power, uint32_t weight)
{
	/* halves < 2^16, weight <= 2^8, at most 2^8 bins: sums < 2^32 */
	sum->high += (power >> 16) * weight;
	sum->low += (power & 0xffffu) * weight;
}

void tintin_mel_bands(const struct tintin_bins *bins, const uint16_t *place, unsigned int bands,
		      uint32_t *sums, int16_t *out)
{
	struct tt_long *sum = (struct tt_long *)(void *)sums;
	int32_t offset = (2 * bins->exp - PLACE_BITS) * TT_LOG2_ONE;

	memset(sum, 0, bands * sizeof(*sum));
	for (unsigned int k = 0; k < 1u << (bins->log2n - 1); k++) {
		unsigned int rising = place[k] >> PLACE_BITS;
		uint32_t weight = place[k] & ((1u << PLACE_BITS) - 1u), power;

		if (place[k] == OUTSIDE) {
			continue;
		}
		power = tt_power(bins, k);
		if (rising < bands) {
			add(&sum[rising], power, weight);
		}
		if (rising >= 1) {
			add(&sum[rising - 1], power, (1u << PLACE_BITS) - weight);
		}
	}
	for (unsigned int b = 0; b < bands; b++) {
		out[b] = tt_band_level(sum[b], offset);
	}
}
