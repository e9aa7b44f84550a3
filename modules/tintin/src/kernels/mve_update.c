/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Updates for Helium. With F = 8 a master is exactly an int16, its high byte the int8 plane: eight
 * are gathered from both planes, moved, limited and scattered at once, only where the input is not
 * zero.
 *
 * The carry of weight k is (c_0 + e * (x_0 + .. + x_(k-1))) mod 2^s, so that from the running sums
 * that tt_mve_compress() left, modulo 2^16, each lane computes its own; s <= 14 keeps carry and
 * gradient within int16 (16383 + 16256). Nibbles, F = 0 and wider shifts, which step seldom, are
 * left to the scalar kernel; so is a filter's gradient, which has no running sums.
 */
#include "kernels.h"

#if defined(__ARM_FEATURE_MVE)

#ifndef __clang__
#pragma GCC optimize("O2")
#endif

#include <arm_mve.h>

#include "../random.h"
#include "master.h"

#define SHIFT_MAX    14
#define MASTER_LEAST (-TT_WEIGHT_MAX * 256)
#define QC           (1u << 27) /* FPSCR: some lane has saturated */

/* What all rows share. */
struct lanes {
	int16x8_t mask;  /* 2^s - 1 */
	int16x8_t least; /* smallest master */
	int16x8_t seen;  /* smallest that a step came to, before it was limited */
	int32_t left;    /* -s */
};

/*
 * One row. Per 8 weights: place, sum, 3 for the carry, value, product, shift, 2 loads and VSLI for
 * the masters, step, 2 limits, 3 to store, LETP: 18.
 */
static void update_row(struct lanes *l, struct tt_planes p, const struct tt_sparse *s,
		       int32_t error, uint32_t carry)
{
	const uint16_t *at = s->at, *sums = (const uint16_t *)s->sum;
	int16x8_t seen = l->seen;

	__asm__ volatile("dlstp.16 lr, %[n]\n"
			 "1:\n"
			 "vldrh.u16 q0, [%[at]], #16\n"
			 "vldrh.u16 q1, [%[sums]], #16\n"
			 "vmul.i16 q1, q1, %[error]\n"
			 "vadd.i16 q1, q1, %[carry]\n"
			 "vand q1, q1, %q[mask]\n"
			 "vldrb.s16 q2, [%[x], q0]\n"
			 "vmla.s16 q1, q2, %[error]\n"
			 "vshl.s16 q1, %[left]\n"
			 "vldrb.u16 q2, [%[fraction], q0]\n"
			 "vldrb.s16 q3, [%[weight], q0]\n"
			 "vsli.16 q2, q3, #8\n"
			 "vqsub.s16 q2, q2, q1\n"
			 "vmin.s16 %q[seen], %q[seen], q2\n"
			 "vmax.s16 q2, q2, %q[least]\n"
			 "vstrb.16 q2, [%[fraction], q0]\n"
			 "vshr.s16 q2, q2, #8\n"
			 "vstrb.16 q2, [%[weight], q0]\n"
			 "letp lr, 1b\n"
			 : [seen] "+w"(seen), [at] "+r"(at), [sums] "+r"(sums)
			 : [n] "r"(s->count), [error] "r"(error), [carry] "r"(carry),
			   [mask] "w"(l->mask), [least] "w"(l->least), [x] "r"(s->x),
			   [left] "r"(l->left), [fraction] "r"(p.fraction), [weight] "r"(p.weight)
			 : "lr", "q0", "q1", "q2", "q3", "memory");
	l->seen = seen;
}

static uint32_t saturated(void)
{
	uint32_t fpscr;

	__asm__ volatile("vmrs %0, fpscr" : "=r"(fpscr));
	return fpscr & QC;
}

static void forget_saturation(void)
{
	uint32_t fpscr;

	__asm__ volatile("vmrs %0, fpscr\n"
			 "bic %0, %0, %1\n"
			 "vmsr fpscr, %0\n"
			 : "=&r"(fpscr)
			 : "r"(QC));
}

static void update_outer(struct tt_planes p, const struct tt_outer *g, struct tt_rounding *r)
{
	struct lanes l = {
		.mask = vdupq_n_s16((int16_t)((1 << r->shift) - 1)),
		.least = vdupq_n_s16(MASTER_LEAST),
		.seen = vdupq_n_s16(0),
		.left = -r->shift,
	};

	forget_saturation();
	for (uint32_t o = 0; o < g->outputs; o++) {
		if (g->error[o] != 0) {
			uint32_t carry = tt_carry_begin(r->rng, r->shift);

			update_row(&l, p, &g->input, g->error[o], carry);
		}
		p.weight += g->input.n;
		p.fraction += g->input.n;
	}
	if (saturated() != 0 || vminvq_s16(0, l.seen) < MASTER_LEAST) {
		r->limited = true;
	}
}

void tt_mve_update_outer(const struct tt_planes *planes, const struct tt_outer *g,
			 struct tt_rounding *r)
{
	if (planes->bits == 8 && r->shift > 0 && r->shift <= SHIFT_MAX) {
		update_outer(*planes, g, r);
	} else {
		struct tt_outer again = *g;

		tt_scalar_compress(&again.input); /* whose sums are others */
		tt_scalar_update_outer(planes, &again, r);
	}
}

void tt_mve_update_gradient(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	tt_scalar_update_gradient(row, g, r);
}

#endif
