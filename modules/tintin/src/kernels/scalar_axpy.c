/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scaled rows summed. Four accumulators stay in registers while each term adds its four values:
 * per 4 x 4 products on Armv7-M 16 loads, 16 MLA, 4 for the accumulators, 3 of loop: 2.4 a MAC;
 * 3 with two terms, 4 with one. The number of terms is a constant where it is tested.
 */
#include "scalar.h"

/* Four values of one term to four accumulators. */
TT_INLINE const int8_t *add4(int32_t sum[4], const int8_t *x, int32_t scale)
{
	sum[0] += scale * *x++;
	sum[1] += scale * *x++;
	sum[2] += scale * *x++;
	sum[3] += scale * *x++;
	return x;
}

TT_INLINE void axpy(int32_t *acc, const struct tt_terms *t, const struct tt_window *w,
		    uint32_t count)
{
	const int8_t *x0 = t->row[0], *x1 = t->row[1], *x2 = t->row[2], *x3 = t->row[3];
	int32_t e0 = t->scale[0], e1 = t->scale[1], e2 = t->scale[2], e3 = t->scale[3];
	uint32_t gap = w->stride - w->n, skip = w->step - w->n;

	for (uint32_t r = w->rows; r > 0; r--, acc += skip) {
		const int32_t *row_end = acc + w->n;

		for (; acc + 4 <= row_end; acc += 4) {
			int32_t sum[4] = {acc[0], acc[1], acc[2], acc[3]};

			x0 = add4(sum, x0, e0);
			x1 = count > 1 ? add4(sum, x1, e1) : x1;
			x2 = count > 2 ? add4(sum, x2, e2) : x2;
			x3 = count > 3 ? add4(sum, x3, e3) : x3;
			acc[0] = sum[0];
			acc[1] = sum[1];
			acc[2] = sum[2];
			acc[3] = sum[3];
		}
		for (; acc < row_end; acc++) {
			int32_t sum = *acc + e0 * *x0++;

			sum += count > 1 ? e1 * *x1++ : 0;
			sum += count > 2 ? e2 * *x2++ : 0;
			sum += count > 3 ? e3 * *x3++ : 0;
			*acc = sum;
		}
		x0 += gap;
		x1 += gap;
		x2 += gap;
		x3 += gap;
	}
}

void tt_scalar_axpy(int32_t *acc, const struct tt_terms *terms, const struct tt_window *w)
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

/* Per place and 4 terms: place, 4 loads, 4 MLA, load and store of the accumulator, 2 of loop. */
TT_INLINE void axpy_sparse(int32_t *acc, const struct tt_terms *t, const uint16_t *at,
			   const uint16_t *stop, uint32_t count)
{
	const int8_t *x0 = t->row[0], *x1 = t->row[1], *x2 = t->row[2], *x3 = t->row[3];
	int32_t e0 = t->scale[0], e1 = t->scale[1], e2 = t->scale[2], e3 = t->scale[3];

	while (at < stop) {
		uint32_t k = *at++;
		int32_t sum = *acc + e0 * x0[k];

		sum += count > 1 ? e1 * x1[k] : 0;
		sum += count > 2 ? e2 * x2[k] : 0;
		sum += count > 3 ? e3 * x3[k] : 0;
		*acc++ = sum;
	}
}

void tt_scalar_axpy_sparse(int32_t *acc, const struct tt_terms *terms, const uint16_t *at,
			   uint32_t count)
{
	switch (terms->count) {
	case 1:
		axpy_sparse(acc, terms, at, at + count, 1);
		break;
	case 2:
		axpy_sparse(acc, terms, at, at + count, 2);
		break;
	case 3:
		axpy_sparse(acc, terms, at, at + count, 3);
		break;
	default:
		axpy_sparse(acc, terms, at, at + count, 4);
	}
}
