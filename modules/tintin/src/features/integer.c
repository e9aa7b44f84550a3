/* SPDX-License-Identifier: Apache-2.0 */
#include "integer.h"

#include "../fixed.h"

uint32_t tt_root(uint32_t v)
{
	uint32_t root = 0;

	for (uint32_t bit = 1u << 30; bit != 0; bit >>= 2) {
		if (v >= root + bit) {
			v -= root + bit;
			root = (root >> 1) + bit;
		} else {
			root >>= 1;
		}
	}
	return root;
}

/* Squaring a mantissa in [1, 2) doubles its logarithm: the bit that overflows is the next digit. */
int32_t tt_log2_fine(uint32_t v, int digits)
{
	int whole = tt_bitlen(v) - 1;
	uint32_t m;
	int32_t log;

	if (v == 0) {
		return 0;
	}
	m = whole > 15 ? v >> (whole - 15) : v << (15 - whole);
	log = whole;
	for (int i = 0; i < digits; i++) {
		uint32_t bit;

		m = (m * m) >> 15; /* m < 2^16 */
		bit = m >> 16;
		m >>= bit;
		log = log * 2 + (int32_t)bit;
	}
	return log;
}

/* Division by parts: the remainder of the high half is < n, so that (r << 16) + low < 2^31. */
uint32_t tt_long_mean(const struct tt_long *sum, uint32_t n)
{
	uint32_t rest = sum->high % n;

	return ((sum->high / n) << 16) + ((rest << 16) + sum->low) / n;
}

int32_t tt_long_log2(struct tt_long sum)
{
	uint32_t high = sum.high + (sum.low >> 16);

	if (high >> 16 != 0) {
		return tt_log2(high) + 16 * TT_LOG2_ONE;
	}
	return tt_log2((high << 16) | (sum.low & 0xffffu));
}
