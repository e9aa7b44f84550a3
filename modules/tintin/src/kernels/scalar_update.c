/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Updates: gradient, rounding, shift, limit and store in one pass, so that no gradient tensor
 * exists. Once a network has learned most steps are 0, and then nothing is loaded or stored; of the
 * others most stay within the fraction.
 */
#include "scalar.h"

#include "../random.h"

/* What an update keeps in registers. */
struct update {
	struct tt_planes planes;
	uint32_t carry, mask;
	int shift;
	bool limited;
};

/*
 * One weight. Armv7-M, F = 8, with the places and the product: 7 instructions for a step of 0, 11
 * for one within the fraction, 20 for one that moves the int8.
 */
TT_INLINE void update_one(struct update *u, uint32_t i, int32_t g)
{
	int32_t sum = g + (int32_t)u->carry;
	int32_t delta = sum >> u->shift;

	u->carry = (uint32_t)sum & u->mask;
	if (delta != 0 && __builtin_expect(tt_master_nudge(u->planes, i, delta), 0)) {
		u->limited = true;
	}
}

TT_INLINE struct update begin(struct tt_planes planes, uint8_t bits, struct tt_rounding *r)
{
	return (struct update){
		.planes = {planes.weight, planes.fraction, bits},
		.mask = (1u << r->shift) - 1u,
		.shift = r->shift,
		.limited = r->limited,
	};
}

/* With whole bytes the planes move to the row; nibbles keep the tensor's own indices. */
TT_INLINE uint32_t move(struct update *u, uint32_t first)
{
	if (u->planes.bits == 4) {
		return first;
	}
	u->planes.weight += first;
	u->planes.fraction += u->planes.bits == 8 ? first : 0;
	return 0;
}

TT_INLINE void update_row(struct update *u, uint32_t first, const struct tt_sparse *s,
			  int32_t error)
{
	const int8_t *x = s->x;

	for (const uint16_t *at = s->at, *stop = at + s->count; at < stop;) {
		uint32_t k = *at++;

		update_one(u, first + k, error * x[k]);
	}
}

/* A constant F makes one loop for each width of the fraction plane. */
TT_INLINE void update_outer(const struct tt_planes *planes, uint8_t bits, const struct tt_outer *g,
			    struct tt_rounding *r)
{
	struct update u = begin(*planes, bits, r);
	uint32_t first = 0, rng = *r->rng;

	for (const int8_t *e = g->error, *stop = e + g->outputs; e < stop; e++) {
		if (*e != 0) {
			u.carry = tt_carry_begin(&rng, u.shift);
			update_row(&u, first, &g->input, *e);
		}
		first = move(&u, first + g->input.n);
	}
	*r->rng = rng;
	r->limited = u.limited;
}

TT_INLINE void update_gradient(const struct tt_row *row, uint8_t bits, const int32_t *g,
			       struct tt_rounding *r)
{
	struct update u = begin(row->planes, bits, r);
	uint32_t first = move(&u, row->first);

	u.carry = tt_carry_begin(r->rng, r->shift);
	for (uint32_t k = 0; k < row->n; k++) {
		update_one(&u, first + k, g[k]);
	}
	r->limited = u.limited;
}

/* Other shifts only meet a network that diverges or stands still. */
static bool ordinary(const struct tt_rounding *r)
{
	return r->shift > 0 && r->shift <= 30;
}

void tt_scalar_update_outer(const struct tt_planes *planes, const struct tt_outer *g,
			    struct tt_rounding *r)
{
	if (!ordinary(r)) {
		tt_ref_update_outer(planes, g, r);
	} else if (planes->bits == 8) {
		update_outer(planes, 8, g, r);
	} else if (planes->bits == 4) {
		update_outer(planes, 4, g, r);
	} else {
		update_outer(planes, 0, g, r);
	}
}

void tt_scalar_update_gradient(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	if (!ordinary(r)) {
		tt_ref_update_gradient(row, g, r);
	} else if (row->planes.bits == 8) {
		update_gradient(row, 8, g, r);
	} else if (row->planes.bits == 4) {
		update_gradient(row, 4, g, r);
	} else {
		update_gradient(row, 0, g, r);
	}
}
