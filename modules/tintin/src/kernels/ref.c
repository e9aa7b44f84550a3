/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"
#include "master.h"

#include <string.h>

#include "../random.h"

void tt_ref_dot_rows(const struct tt_rows *rows, const int8_t *a, int32_t *acc)
{
	const int8_t *w = rows->weight;

	for (uint32_t i = 0; i < rows->count; i++, w += rows->n) {
		for (uint32_t k = 0; k < rows->n; k++) {
			acc[i] += w[k] * a[k];
		}
	}
}

void tt_ref_axpy(int32_t *acc, const struct tt_terms *terms, uint32_t n)
{
	for (uint32_t i = 0; i < terms->count; i++) {
		for (uint32_t k = 0; k < n; k++) {
			acc[k] += terms->scale[i] * terms->row[i][k];
		}
	}
}

void tt_ref_copy_rows(int8_t *to, const struct tt_runs *runs)
{
	for (uint32_t i = 0; i < runs->count; i++) {
		memcpy(&to[i * runs->n], &runs->from[i * runs->stride], runs->n);
	}
}

void tt_ref_update_outer(const struct tt_row *row, const int8_t *a, int32_t scale,
		     struct tt_rounding *r)
{
	uint32_t word = tt_dither_begin(r->rng, r->shift);

	for (uint32_t k = 0; k < row->n; k++, word += TT_DITHER_STEP) {
		int32_t delta = tt_round_dithered(scale * a[k], r->shift, word);

		r->limited |= tt_master_step(row->planes, row->first + k, delta);
	}
}

void tt_ref_update_gradient(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	uint32_t word = tt_dither_begin(r->rng, r->shift);

	for (uint32_t k = 0; k < row->n; k++, word += TT_DITHER_STEP) {
		int32_t delta = tt_round_dithered(g[k], r->shift, word);

		r->limited |= tt_master_step(row->planes, row->first + k, delta);
	}
}
