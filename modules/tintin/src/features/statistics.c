/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two passes over a window of n <= 1024 readings, one division for each mean:
 *
 *   sum of x       |.| <= 2^10 * 2^15 = 2^25
 *   sum of |dx|        <= 2^10 * 2^16 = 2^26
 *   sum of (x - mean)^2  words of less than 2^32 in a long sum
 *
 * The mean is rounded down, and distances are from that: exact integers without fractions.
 */
#include <tintin/features.h>

#include "../fixed.h"
#include "integer.h"

struct moments {
	int32_t mean;
	uint32_t square; /* mean (x - mean)^2 */
	int32_t low, high;
	int32_t difference;
	int32_t crossings;
};

/* v / n rounded down, n > 0: C rounds toward 0 */
static int32_t quotient(int32_t v, int32_t n)
{
	return v / n - (v % n < 0);
}

static void first_pass(const struct tintin_series *s, struct moments *m)
{
	const int16_t *at = s->values;
	int32_t sum = 0, last = at[0], difference = 0;

	m->low = m->high = last;
	for (int i = 0; i < s->length; i++, at += s->stride) {
		int32_t x = *at;

		sum += x;
		difference += (int32_t)tt_abs(x - last);
		m->low = x < m->low ? x : m->low;
		m->high = x > m->high ? x : m->high;
		last = x;
	}
	m->mean = quotient(sum, s->length);
	m->difference = s->length > 1 ? difference / (s->length - 1) : 0;
}

static void second_pass(const struct tintin_series *s, struct moments *m)
{
	const int16_t *at = s->values;
	struct tt_long squares = {0};
	int32_t above = at[0] > m->mean, crossings = 0;

	for (int i = 0; i < s->length; i++, at += s->stride) {
		int32_t away = *at - m->mean, side = away > 0;

		/* |away| < 2^16: its square is a word */
		tt_long_add(&squares, (uint32_t)away * (uint32_t)away);
		crossings += side ^ above;
		above = side;
	}
	m->square = tt_long_mean(&squares, s->length);
	m->crossings = crossings;
}

size_t tintin_statistics(const struct tintin_series *s, uint8_t which, int16_t *out)
{
	struct moments m;
	size_t n = 0;

	first_pass(s, &m);
	second_pass(s, &m);

	const int32_t all[] = {
		m.mean,       (int32_t)tt_root(m.square), m.low, m.high, m.difference,
		m.crossings, tt_log2(m.square == UINT32_MAX ? m.square : m.square + 1u),
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if ((which >> i & 1u) != 0) {
			out[n++] = tt_limit16(all[i]);
		}
	}
	return n;
}
