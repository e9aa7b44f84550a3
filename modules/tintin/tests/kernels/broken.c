/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels with one fault each, of the kinds that faster code has: the test must find every one. */
#include "kernel.h"

/* Takes the rest of a row, behind a multiple of four, for one weight longer than it is. */
static void writes_beyond(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	tt_ref_update_gradient(row, g, r);
	if (row->n % 4u == 3u && row->planes.bits == 8) {
		row->planes.fraction[row->first + row->n] ^= 1u;
	}
}

/* The first nibble of the tensor goes with any of the others. */
static void takes_the_neighbour(const struct tt_planes *planes, const struct tt_outer *g,
				struct tt_rounding *r)
{
	tt_ref_update_outer(planes, g, r);
	if (planes->bits == 4 && g->outputs > 0 && g->input.n % 2u == 1u) {
		planes->fraction[0] &= 0xf0u;
	}
}

/* Draws for a row that is not rounded. */
static void draws_always(const struct tt_planes *planes, const struct tt_outer *g,
			 struct tt_rounding *r)
{
	tt_ref_update_outer(planes, g, r);
	if (r->shift == 0) {
		*r->rng += 1u;
	}
}

/* Forgets that an earlier row met the limits. */
static void forgets_limits(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	r->limited = false;
	tt_ref_update_gradient(row, g, r);
}

/* -128 as a byte whose sign was turned: still -128. */
static void clips_the_input(const struct tt_rows *rows, const struct tt_vectors *v, int32_t *acc)
{
	tt_ref_multiply(rows, v, acc);
	for (uint32_t i = 0; i < rows->count && rows->n > 0; i++) {
		acc[i] += v->x[0] == -128 ? rows->weight[i * rows->n] : 0;
	}
}

/* Leaves out the last value of a long row. */
static void stops_early(int32_t *acc, const struct tt_terms *terms, const struct tt_window *w)
{
	struct tt_window shorter = *w;

	shorter.n -= w->rows == 1 && w->n > 200u ? 1u : 0;
	tt_ref_axpy(acc, terms, &shorter);
}

/* Copies by words. */
static void copies_too_much(int8_t *to, const int8_t *from, const struct tt_window *w)
{
	tt_ref_copy_rows(to, from, w);
	if (w->n > 0 && w->rows > 0) {
		to[w->n * w->rows] = 0;
	}
}

#define BROKEN(kernel, how)                                                                        \
	{                                                                                          \
		.name = "broken_" #how, .attempt = try_##kernel,                                   \
		.reference = {.kernel = tt_ref_##kernel}, .variant = {.kernel = how},              \
		.compress = tt_ref_compress,                                                       \
	}

const struct entry broken_kernels[] = {
	BROKEN(update_gradient, writes_beyond), BROKEN(update_outer, takes_the_neighbour),
	BROKEN(update_outer, draws_always),     BROKEN(update_gradient, forgets_limits),
	BROKEN(multiply, clips_the_input),      BROKEN(axpy, stops_early),
	BROKEN(copy_rows, copies_too_much),     {.name = NULL},
};
