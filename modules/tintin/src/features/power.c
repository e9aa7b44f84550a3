/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/features.h>

#include "../fixed.h"
#include "bands.h"
#include "integer.h"

void tintin_power(const struct tintin_readings *readings, unsigned int parts, int16_t *out)
{
	const int16_t *at = readings->values;
	unsigned int from = 0;

	for (unsigned int p = 0; p < parts; p++) {
		unsigned int to = (p + 1) * readings->length / parts;
		struct tt_long sum = {0}; /* of at most 16384 squares, each at most 2^30 */

		for (uint32_t n = (to - from) * readings->channels; n > 0; n--, at++) {
			tt_long_add(&sum, (uint32_t)(*at * *at));
		}
		out[p] = tt_band_level(sum, -tt_log2(to - from));
		from = to;
	}
}
