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

static inline void step(const struct tt_row *row, uint32_t i, int32_t g, struct tt_rounding *r)
{
	int32_t m, low, high;

	if (g == 0) {
		return;
	}
	low = tt_master_min(row->fraction_bits);
	high = tt_master_max(row->fraction_bits);
	m = tt_master_load(row, i) - tt_round_random(g, r->shift, r->rng);
	if (m < low || m > high) {
		m = tt_limit(m, low, high);
		r->limited = true;
	}
	tt_master_store(row, i, m);
}

void tt_update_outer(const struct tt_row *row, const int8_t *a, int32_t scale,
		     struct tt_rounding *r)
{
	for (uint32_t k = 0; k < row->n; k++) {
		step(row, row->first + k, scale * a[k], r);
	}
}

void tt_update_gradient(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	for (uint32_t k = 0; k < row->n; k++) {
		step(row, row->first + k, g[k], r);
	}
}
