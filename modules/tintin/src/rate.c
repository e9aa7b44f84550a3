/* SPDX-License-Identifier: Apache-2.0 */
#include "rate.h"

#include <stddef.h>

#include <tintin/error.h>

#define ONE          1000000u
#define RATE_LARGEST (256u * ONE)

bool tt_rate_valid(struct tintin_rate rate)
{
	return rate.mantissa >= 8 && rate.mantissa <= 15 && rate.shift >= -8 && rate.shift <= 24;
}

int tintin_rate_from_millionths(uint32_t millionths, struct tintin_rate *rate)
{
	uint32_t unit = ONE; /* scaled so that unit <= lr < 2 * unit, lr = millionths << up */
	int shift = 0;

	if (millionths == 0 || millionths > RATE_LARGEST) {
		return -EINVAL;
	}
	while (millionths < unit) {
		millionths <<= 1;
		shift++;
	}
	while (millionths >= 2 * unit) {
		unit <<= 1;
		shift--;
	}
	/* millionths < 2 unit, and at most 256,000,000: eight of it fit 32 bits. */
	rate->mantissa = (uint8_t)((8 * millionths + unit / 2) / unit);
	rate->shift = (int8_t)shift;
	if (rate->mantissa == 16) {
		*rate = (struct tintin_rate){.mantissa = 8, .shift = (int8_t)(shift - 1)};
	}
	return tt_rate_valid(*rate) ? 0 : -EINVAL;
}
