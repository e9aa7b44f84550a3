/* SPDX-License-Identifier: Apache-2.0 */
/* Scaled rows summed, four accumulators side by side: a widening load and a VMLA for each term. */
#include "kernels.h"

#if defined(__ARM_FEATURE_MVE)

#ifndef __clang__
#pragma GCC optimize("O2")
#endif

#include <arm_mve.h>

#include "load.h"

#define LANES 4u

/* Accumulators at acc and what each term adds to them; the rows are read from k on. */
TT_INLINE void four(int32_t *acc, const struct tt_terms *t, uint32_t k, uint32_t count)
{
	int32x4_t sum = vldrwq_s32(acc);

	_Pragma("GCC unroll 4") for (uint32_t i = 0; i < count; i++) {
		sum = vmlaq_n_s32(sum, vldrbq_s32(t->row[i] + k), t->scale[i]);
	}
	vstrwq_s32(acc, sum);
}

TT_INLINE void some(int32_t *acc, const struct tt_terms *t, uint32_t k, uint32_t count, uint32_t n)
{
	mve_pred16_t p = vctp32q(n);
	int32x4_t sum = vldrwq_z_s32(acc, p);

	_Pragma("GCC unroll 4") for (uint32_t i = 0; i < count; i++) {
		sum = vmlaq_n_s32(sum, vldrbq_z_s32(t->row[i] + k, p), t->scale[i]);
	}
	vstrwq_p_s32(acc, sum, p);
}

/* Per 4 x count products: 2 count + 2, and 3 of loop. */
TT_INLINE void axpy(int32_t *acc, const struct tt_terms *terms, const struct tt_window *w,
		    uint32_t count)
{
	struct tt_terms t = *terms;

	for (uint32_t r = 0, from = 0; r < w->rows; r++, from += w->stride, acc += w->step) {
		uint32_t k = 0;

		for (; k + LANES <= w->n; k += LANES) {
			four(acc + k, &t, from + k, count);
		}
		if (k < w->n) {
			some(acc + k, &t, from + k, count, w->n - k);
		}
	}
}

void tt_mve_axpy(int32_t *acc, const struct tt_terms *terms, const struct tt_window *w)
{
	switch (terms->count) {
	case 1:
		axpy(acc, terms, w, 1);
		break;
	case 2:
		axpy(acc, terms, w, 2);
		break;
	case 3:
		axpy(acc, terms, w, 3);
		break;
	default:
		axpy(acc, terms, w, 4);
	}
}

void tt_mve_axpy_sparse(int32_t *acc, const struct tt_terms *terms, const uint16_t *at,
			uint32_t count)
{
	for (uint32_t j = 0; j < count; j += LANES) {
		mve_pred16_t p = vctp32q(count - j);
		uint32x4_t k = vldrhq_z_u32(at + j, p);
		int32x4_t sum = vldrwq_z_s32(acc + j, p);

		for (uint32_t i = 0; i < terms->count; i++) {
			int32x4_t x = vldrbq_gather_offset_z_s32(terms->row[i], k, p);

			sum = vmlaq_n_s32(sum, x, terms->scale[i]);
		}
		vstrwq_p_s32(acc + j, sum, p);
	}
}

#endif
