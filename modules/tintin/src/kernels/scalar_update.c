/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Updates: gradient, rounding, shift, limit and store in one pass, so that no gradient tensor
 * exists. Once a network has learned most steps are 0, and then nothing is loaded or stored; of the
 * others most stay within the fraction.
 */
#include "scalar.h"

#ifndef __clang__
#pragma GCC optimize("no-if-conversion2") /* would put IT in front of what a branch decides */
#endif

#include "../random.h"

/* What an update keeps in registers. */
struct update {
	struct tt_planes planes; /* with whole bytes those of the row; nibbles keep the tensor's */
	uint32_t first;          /* of the row, in them */
	bool limited;
};

TT_INLINE struct update begin(const struct tt_planes *planes, uint8_t bits,
			      const struct tt_rounding *r)
{
	return (struct update){{planes->weight, planes->fraction, bits}, 0, r->limited};
}

TT_INLINE void move(struct update *u, uint32_t n)
{
	if (u->planes.bits == 4) {
		u->first += n;
		return;
	}
	u->planes.weight += n;
	u->planes.fraction += u->planes.bits == 8 ? n : 0;
}

TT_INLINE void step(struct update *u, uint32_t k, int32_t delta)
{
	if (__builtin_expect(tt_master_nudge(u->planes, u->first + k, delta), 0)) {
		u->limited = true;
	}
}

/* A total's whole units are a weight's step. Returns them, at the total's scale. */
TT_INLINE int32_t take(struct update *u, const uint16_t *at, int32_t total, int shift)
{
	int32_t delta = total >> shift;

	if (delta == 0) {
		return 0;
	}
	step(u, *at, delta);
	__asm__("" : "+r"(delta)); /* or the shift left would be a second mask of the total */
	return (int32_t)((uint32_t)delta << shift);
}

/*
 * Carried rounding is the rounding of a running total: what the weights up to k have moved together
 * is floor(total_k / 2^s), total_k = c_0 + e * (x_0 + .. + x_k), and a weight moves by what that
 * has grown. So one product tells a step of 0, without a look at x, and what has been moved is
 * taken off c_0.
 *
 * Armv7-M, F = 8: half a double load, MLA, shift, branch and 0.75 of loop are 4.25 instructions for
 * a step of 0; 7 more for one within the fraction, 14 for one that moves the int8.
 */
TT_INLINE void update_row(struct update *u, const struct tt_sparse *s, int32_t error, int32_t carry,
			  int shift)
{
	const uint16_t *at = s->at;

	for (const int32_t *sum = s->sum, *stop = sum + s->count; sum < stop; sum += 4, at += 4) {
		int32_t a = sum[0], b = sum[1], c = sum[2], d = sum[3];

		carry -= take(u, at, carry + error * a, shift);
		carry -= take(u, at + 1, carry + error * b, shift);
		carry -= take(u, at + 2, carry + error * c, shift);
		carry -= take(u, at + 3, carry + error * d, shift);
	}
}

#define CONSTANT_SHIFT 16

/* Constants F and `aligned`, totals as multiples of 2^(16 - s), make a loop of its own for each. */
TT_INLINE void update_outer(const struct tt_planes *planes, uint8_t bits, bool aligned,
			    const struct tt_outer *g, struct tt_rounding *r)
{
	struct update u = begin(planes, bits, r);
	int left = aligned ? CONSTANT_SHIFT - r->shift : 0;
	uint32_t rng = *r->rng;

	for (const int8_t *e = g->error, *stop = e + g->outputs; e < stop; e++) {
		if (*e != 0) {
			int32_t carry = (int32_t)(tt_carry_begin(&rng, r->shift) << left);

			update_row(&u, &g->input, *e * (1 << left), carry,
				   aligned ? CONSTANT_SHIFT : r->shift);
		}
		move(&u, g->input.n);
	}
	*r->rng = rng;
	r->limited = u.limited;
}

/* One weight of a gradient that is given. */
TT_INLINE int32_t round_one(struct update *u, uint32_t k, int32_t sum, const struct tt_rounding *r)
{
	int32_t delta = sum >> r->shift;

	if (delta != 0) {
		step(u, k, delta);
	}
	return (int32_t)((uint32_t)sum & ((1u << r->shift) - 1u));
}

TT_INLINE void update_gradient(const struct tt_row *row, uint8_t bits, const int32_t *g,
			       struct tt_rounding *r)
{
	struct update u = begin(&row->planes, bits, r);
	int32_t carry = (int32_t)tt_carry_begin(r->rng, r->shift);

	move(&u, row->first);
	for (uint32_t k = 0; k < row->n; k++) {
		carry = round_one(&u, k, carry + g[k], r);
	}
	r->limited = u.limited;
}

/* Other shifts only meet a network that diverges or stands still. */
static bool ordinary(const struct tt_rounding *r)
{
	return r->shift > 0 && r->shift <= 30;
}

/* Do a row's totals keep within int32 when they are aligned? |e| <= 127, and a carry below 2^s. */
static bool can_align(const struct tt_outer *g, const struct tt_rounding *r)
{
	return r->shift <= CONSTANT_SHIFT && 127u * g->input.reach < 32767u << r->shift;
}

void tt_scalar_update_outer(const struct tt_planes *planes, const struct tt_outer *g,
			    struct tt_rounding *r)
{
	if (!ordinary(r)) {
		tt_ref_update_outer(planes, g, r);
	} else if (planes->bits == 8 && can_align(g, r)) {
		update_outer(planes, 8, true, g, r);
	} else if (planes->bits == 8) {
		update_outer(planes, 8, false, g, r);
	} else if (planes->bits == 4) {
		update_outer(planes, 4, false, g, r);
	} else {
		update_outer(planes, 0, false, g, r);
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
