/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"
#include "master.h"

#include <string.h>

#include "../random.h"

void tt_ref_multiply(const struct tt_rows *rows, const struct tt_vectors *v, int32_t *acc)
{
	for (uint32_t j = 0; j < v->count; j++, acc += rows->count) {
		const int8_t *x = &v->x[j * v->stride], *w = rows->weight;

		for (uint32_t i = 0; i < rows->count; i++, w += rows->n) {
			acc[i] = rows->start[i];
			for (uint32_t k = 0; k < rows->n; k++) {
				acc[i] += w[k] * x[k];
			}
		}
	}
}

void tt_ref_multiply_sparse(const struct tt_rows *rows, const struct tt_sparse *s, int32_t *acc)
{
	const int8_t *w = rows->weight;

	for (uint32_t i = 0; i < rows->count; i++, w += rows->n) {
		acc[i] = rows->start[i];
		for (uint32_t j = 0; j < s->count; j++) {
			acc[i] += w[s->at[j]] * s->x[s->at[j]];
		}
	}
}

void tt_ref_axpy(int32_t *acc, const struct tt_terms *terms, const struct tt_window *w)
{
	for (uint32_t r = 0; r < w->rows; r++, acc += w->step) {
		for (uint32_t i = 0; i < terms->count; i++) {
			const int8_t *row = &terms->row[i][r * w->stride];

			for (uint32_t k = 0; k < w->n; k++) {
				acc[k] += terms->scale[i] * row[k];
			}
		}
	}
}

void tt_ref_axpy_sparse(int32_t *acc, const struct tt_terms *terms, const uint16_t *at,
			uint32_t count)
{
	for (uint32_t i = 0; i < terms->count; i++) {
		for (uint32_t j = 0; j < count; j++) {
			acc[j] += terms->scale[i] * terms->row[i][at[j]];
		}
	}
}

static void update_row(const struct tt_row *row, const struct tt_sparse *s, int32_t error,
		       struct tt_rounding *r)
{
	uint32_t carry = tt_carry_begin(r->rng, r->shift);

	for (uint32_t j = 0; j < s->count; j++) {
		uint32_t k = s->at[j];
		int32_t delta = tt_round_carrying(error * s->x[k], r->shift, &carry);

		r->limited |= tt_master_step(row->planes, row->first + k, delta);
	}
}

void tt_ref_update_outer(const struct tt_planes *planes, const struct tt_outer *g,
			 struct tt_rounding *r)
{
	struct tt_row row = {.planes = *planes, .n = g->input.n};

	for (uint32_t o = 0; o < g->outputs; o++, row.first += row.n) {
		if (g->error[o] != 0) {
			update_row(&row, &g->input, g->error[o], r);
		}
	}
}

void tt_ref_update_gradient(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	uint32_t carry = tt_carry_begin(r->rng, r->shift);

	for (uint32_t k = 0; k < row->n; k++) {
		int32_t delta = tt_round_carrying(g[k], r->shift, &carry);

		r->limited |= tt_master_step(row->planes, row->first + k, delta);
	}
}

void tt_ref_compress(struct tt_sparse *s)
{
	s->count = s->reach = 0;
	for (uint32_t k = 0; k < s->n; k++) {
		if (s->x[k] != 0) {
			s->at[s->count++] = (uint16_t)k;
			s->reach += tt_abs(s->x[k]);
		}
	}
}

void tt_ref_copy_rows(int8_t *to, const int8_t *from, const struct tt_window *w)
{
	for (uint32_t r = 0; r < w->rows; r++) {
		memmove(&to[r * w->n], &from[r * w->stride], w->n);
	}
}

void tt_ref_clear(int32_t *acc, uint32_t n)
{
	memset(acc, 0, n * sizeof(*acc));
}

uint32_t tt_ref_span(const int32_t *acc, uint32_t n)
{
	uint32_t span = 0;

	for (uint32_t k = 0; k < n; k++) {
		span |= tt_abs(acc[k]);
	}
	return span;
}

void tt_ref_quantise(int8_t *to, const int32_t *acc, uint32_t n, struct tt_quantiser *q)
{
	for (uint32_t k = 0; k < n; k++) {
		int32_t value = q->mask != NULL && q->mask[k] == 0 ? 0 : acc[k];

		value = q->relu && value < 0 ? 0 : value;
		q->span |= tt_abs(value);
		to[k] = tt_clip(tt_round(value, q->shift));
	}
}
