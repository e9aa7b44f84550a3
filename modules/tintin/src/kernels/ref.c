/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"
#include "master.h"

#include "../random.h"

int32_t tt_dot(const int8_t *w, const int8_t *a, uint32_t n)
{
	int32_t acc = 0;

	for (uint32_t k = 0; k < n; k++) {
		acc += w[k] * a[k];
	}
	return acc;
}

void tt_axpy(int32_t *acc, const int8_t *x, int32_t scale, uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		acc[k] += scale * x[k];
	}
}

static void step(const struct tt_row *row, uint32_t i, int32_t delta, struct tt_rounding *r)
{
	int32_t low = tt_master_min(row->fraction_bits);
	int32_t high = tt_master_max(row->fraction_bits);
	int32_t m = tt_master_load(row, i) - delta;

	if (m < low || m > high) {
		m = tt_limit(m, low, high);
		r->limited = true;
	}
	tt_master_store(row, i, m);
}

void tt_update_outer(const struct tt_row *row, const int8_t *a, int32_t scale,
		     struct tt_rounding *r)
{
	uint32_t word = tt_dither_begin(r->rng, r->shift);

	for (uint32_t k = 0; k < row->n; k++, word += TT_DITHER_STEP) {
		step(row, row->first + k, tt_round_dithered(scale * a[k], r->shift, word), r);
	}
}

void tt_update_gradient(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	uint32_t word = tt_dither_begin(r->rng, r->shift);

	for (uint32_t k = 0; k < row->n; k++, word += TT_DITHER_STEP) {
		step(row, row->first + k, tt_round_dithered(g[k], r->shift, word), r);
	}
}
