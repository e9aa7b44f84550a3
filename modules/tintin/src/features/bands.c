/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/features.h>

#include "../fixed.h"
#include "bands.h"
#include "integer.h"

void tintin_bands(const struct tintin_bins *bins, unsigned int bands, int16_t *out)
{
	unsigned int m = 1u << (bins->log2n - 1), from = 0;

	for (unsigned int b = 0; b < bands; b++) {
		unsigned int to = (b + 1) * m / bands;
		struct tt_long sum = {0}; /* of at most 512 powers */

		for (unsigned int k = from; k < to; k++) {
			tt_long_add(&sum, tt_power(bins, k));
		}
		out[b] = tt_band_level(sum, 2 * bins->exp * TT_LOG2_ONE - tt_log2(to - from));
		from = to;
	}
}
