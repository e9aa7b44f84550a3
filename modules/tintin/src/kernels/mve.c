/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For Helium: VMLADAV multiplies sixteen pairs of int8 and adds them all to one accumulator; a
 * predicate takes care of what a row has beyond a multiple of sixteen.
 */
#include "kernels.h"

#if defined(__ARM_FEATURE_MVE)

#ifndef __clang__
#pragma GCC optimize("O2")
#endif

#include <arm_mve.h>

#include "../random.h"
#include "master.h"

#define INLINE  TT_INLINE
#define LANES8  16u
#define LANES32 4u

/* Per 16 x 4 products: 5 loads, 4 VMLADAV, predicate and loop: 0.2 a MAC. */
static void dot_four(const struct tt_rows *rows, const int8_t *a, int32_t *acc)
{
	const int8_t *w0 = rows->weight, *w1 = w0 + rows->n, *w2 = w1 + rows->n, *w3 = w2 + rows->n;
	int32_t s0 = acc[0], s1 = acc[1], s2 = acc[2], s3 = acc[3];

	for (uint32_t k = 0; k < rows->n; k += LANES8) {
		mve_pred16_t p = vctp8q(rows->n - k);
		int8x16_t x = vldrbq_z_s8(&a[k], p);

		s0 = vmladavaq_s8(s0, x, vldrbq_z_s8(&w0[k], p));
		s1 = vmladavaq_s8(s1, x, vldrbq_z_s8(&w1[k], p));
		s2 = vmladavaq_s8(s2, x, vldrbq_z_s8(&w2[k], p));
		s3 = vmladavaq_s8(s3, x, vldrbq_z_s8(&w3[k], p));
	}
	acc[0] = s0;
	acc[1] = s1;
	acc[2] = s2;
	acc[3] = s3;
}

static int32_t dot_one(const int8_t *w, const int8_t *a, uint32_t n)
{
	int32_t acc = 0;

	for (uint32_t k = 0; k < n; k += LANES8) {
		mve_pred16_t p = vctp8q(n - k);

		acc = vmladavaq_s8(acc, vldrbq_z_s8(&a[k], p), vldrbq_z_s8(&w[k], p));
	}
	return acc;
}

void tt_mve_dot_rows(const struct tt_rows *rows, const int8_t *a, int32_t *acc)
{
	if (rows->count == TT_BLOCK) {
		dot_four(rows, a, acc);
		return;
	}
	for (uint32_t i = 0; i < rows->count; i++) {
		acc[i] += dot_one(&rows->weight[i * rows->n], a, rows->n);
	}
}

/* Per 4 products of a term: a widening load and a VMLA; acc is loaded and stored once for all. */
void tt_mve_axpy(int32_t *acc, const struct tt_terms *terms, uint32_t n)
{
	for (uint32_t k = 0; k < n; k += LANES32) {
		mve_pred16_t p = vctp32q(n - k);
		int32x4_t sum = vldrwq_z_s32(&acc[k], p);

		for (uint32_t i = 0; i < terms->count; i++) {
			int32x4_t x = vldrbq_z_s32(&terms->row[i][k], p);

			sum = vmlaq_n_s32(sum, x, terms->scale[i]);
		}
		vstrwq_p_s32(&acc[k], sum, p);
	}
}

/* What an update keeps in registers: four weights side by side. */
struct update {
	struct tt_planes planes;
	uint32x4_t word; /* dither of each lane's weight */
	int shift;
	bool limited;
};

INLINE struct update begin(const struct tt_row *row, uint8_t bits, struct tt_rounding *r)
{
	return (struct update){
		.planes = {&row->planes.weight[row->first], &row->planes.fraction[row->first], bits},
		.word = vmlaq_n_u32(vdupq_n_u32(tt_random(r->rng)), vidupq_n_u32(0, 1),
				    TT_DITHER_STEP),
		.shift = r->shift,
		.limited = r->limited,
	};
}

/* Weights k .. k + 3 of the row, those of the predicate: 15 instructions, 4 a weight. */
INLINE void update_four(struct update *u, uint32_t k, int32x4_t g, mve_pred16_t p)
{
	uint8_t bits = u->planes.bits;
	int32x4_t dither = vreinterpretq_s32_u32(vshlq_r_u32(u->word, u->shift - 32));
	int32x4_t delta = vshlq_r_s32(vaddq_s32(g, dither), -u->shift);
	int32x4_t m = vldrbq_z_s32(&u->planes.weight[k], p), limited;

	if (bits > 0) {
		uint32x4_t fraction = vldrbq_z_u32(&u->planes.fraction[k], p);

		m = vaddq_s32(vshlq_n_s32(m, 8), vreinterpretq_s32_u32(fraction));
	}
	m = vsubq_s32(m, delta);
	limited = vmaxq_s32(m, vdupq_n_s32(-TT_WEIGHT_MAX * (1 << bits)));
	limited = vminq_s32(limited, vdupq_n_s32(((TT_WEIGHT_MAX + 1) << bits) - 1));
	u->limited |= vcmpneq_m_s32(m, limited, p) != 0;
	vstrbq_p_s32(&u->planes.weight[k], bits > 0 ? vshrq_n_s32(limited, 8) : limited, p);
	if (bits > 0) {
		vstrbq_p_u32(&u->planes.fraction[k], vreinterpretq_u32_s32(limited), p);
	}
	u->word = vaddq_n_u32(u->word, LANES32 * TT_DITHER_STEP);
}

INLINE void update_outer(const struct tt_row *row, uint8_t bits, const int8_t *a, int32_t scale,
			 struct tt_rounding *r)
{
	struct update u = begin(row, bits, r);

	for (uint32_t k = 0; k < row->n; k += LANES32) {
		mve_pred16_t p = vctp32q(row->n - k);

		update_four(&u, k, vmulq_n_s32(vldrbq_z_s32(&a[k], p), scale), p);
	}
	r->limited = u.limited;
}

INLINE void update_gradient(const struct tt_row *row, uint8_t bits, const int32_t *g,
			    struct tt_rounding *r)
{
	struct update u = begin(row, bits, r);

	for (uint32_t k = 0; k < row->n; k += LANES32) {
		mve_pred16_t p = vctp32q(row->n - k);

		update_four(&u, k, vldrwq_z_s32(&g[k], p), p);
	}
	r->limited = u.limited;
}

/* Nibbles and shifts beyond a lane are left to the scalar kernel. */
static bool by_lanes(const struct tt_row *row, const struct tt_rounding *r)
{
	return row->planes.bits != 4 && r->shift > 0 && r->shift <= 30;
}

void tt_mve_update_outer(const struct tt_row *row, const int8_t *a, int32_t scale,
			 struct tt_rounding *r)
{
	if (!by_lanes(row, r)) {
		tt_scalar_update_outer(row, a, scale, r);
	} else if (row->planes.bits == 8) {
		update_outer(row, 8, a, scale, r);
	} else {
		update_outer(row, 0, a, scale, r);
	}
}

void tt_mve_update_gradient(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	if (!by_lanes(row, r)) {
		tt_scalar_update_gradient(row, g, r);
	} else if (row->planes.bits == 8) {
		update_gradient(row, 8, g, r);
	} else {
		update_gradient(row, 0, g, r);
	}
}

#endif
