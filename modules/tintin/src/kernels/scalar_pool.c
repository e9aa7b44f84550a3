/* SPDX-License-Identifier: Apache-2.0 */
#include "pool.h"

#include "scalar.h"

void tt_ref_pool(int8_t *out, struct tt_quads *index, const int8_t *a, const struct tt_square *at,
		 uint32_t n)
{
	for (uint32_t c = 0; c < n; c++, a++) {
		const int8_t value[4] = {a[0], a[at->right], a[at->below], a[at->below + at->right]};
		uint32_t best = 0;

		for (uint32_t i = 1; i < 4u; i++) {
			best = value[i] > value[best] ? i : best;
		}
		out[c] = value[best];
		tt_quads_add(index, best, 2);
	}
}

/* Armv7-M: 4 loads, 3 comparisons of 4 with what they decide, store, 5 for the index, 2 of loop. */
void tt_scalar_pool(int8_t *out, struct tt_quads *index, const int8_t *a, const struct tt_square *at,
		    uint32_t n)
{
	const int8_t *r = a + at->right, *b = a + at->below, *d = b + at->right, *stop = a + n;
	struct tt_quads q = *index;

	while (a < stop) {
		int32_t best = *a++, value = *r++;
		uint32_t which = 0;

		if (value > best) {
			best = value;
			which = 1;
		}
		value = *b++;
		if (value > best) {
			best = value;
			which = 2;
		}
		value = *d++;
		if (value > best) {
			best = value;
			which = 3;
		}
		*out++ = (int8_t)best;
		tt_quads_add(&q, which, 2);
	}
	*index = q;
}
