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

#define TERM(i)                                                                                    \
	"vldrb.s32 q1, [%[x" #i "]], #4\n"                                                         \
	"vmla.s32 q0, q1, %[e" #i "]\n"

/*
 * One row; the last vector's tail takes no part. Per 4 sums: load, 2 a term, store, LETP: 0.7 a MAC
 * with four terms. Pointers end behind a whole number of vectors.
 */
#define ADD_ROW(terms)                                                                             \
	__asm__ volatile("dlstp.32 lr, %[n]\n"                                                     \
			 "1:\n"                                                                    \
			 "vldrw.u32 q0, [%[acc]]\n" terms "vstrw.32 q0, [%[acc]], #16\n"          \
			 "letp lr, 1b\n"                                                           \
			 : [acc] "+r"(acc), [x0] "+r"(x0), [x1] "+r"(x1), [x2] "+r"(x2),           \
			   [x3] "+r"(x3)                                                           \
			 : [n] "r"(w->n), [e0] "r"(e0), [e1] "r"(e1), [e2] "r"(e2), [e3] "r"(e3)   \
			 : "lr", "q0", "q1", "memory")

TT_INLINE void axpy(int32_t *acc, const struct tt_terms *t, const struct tt_window *w,
		    uint32_t count)
{
	const int8_t *x0 = t->row[0], *x1 = t->row[1], *x2 = t->row[2], *x3 = t->row[3];
	int32_t e0 = t->scale[0], e1 = t->scale[1], e2 = t->scale[2], e3 = t->scale[3];
	uint32_t whole = (w->n + LANES - 1u) / LANES * LANES;
	uint32_t gap = w->stride - whole, skip = w->step - whole;

	for (uint32_t r = w->rows; r > 0 && w->n > 0; r--, acc += (int32_t)skip) {
		switch (count) {
		case 1:
			ADD_ROW(TERM(0));
			break;
		case 2:
			ADD_ROW(TERM(0) TERM(1));
			break;
		case 3:
			ADD_ROW(TERM(0) TERM(1) TERM(2));
			break;
		default:
			ADD_ROW(TERM(0) TERM(1) TERM(2) TERM(3));
		}
		x0 += (int32_t)gap;
		x1 += count > 1 ? (int32_t)gap : 0;
		x2 += count > 2 ? (int32_t)gap : 0;
		x3 += count > 3 ? (int32_t)gap : 0;
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
