/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scaled rows summed, for cores with the DSP extension: a word of a row is four values, which SXTB16
 * makes halves of; SMLABB and SMLATB take a half each. Per 4 values a term costs 7, and the four
 * sums 8 loads and stores and 3 of loop: 2.3 a MAC with four terms, 4 with one.
 */
#include "kernels.h"

#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE)

#include "scalar.h"

/* Four sums. */
struct sums {
	int32_t s0, s1, s2, s3;
};

#define ADD(half, from)                                                                            \
	__asm__("smlab" half " %0, %1, %2, %0" : "+r"(s->s0) : "r"(even), "r"(from));              \
	__asm__("smlat" half " %0, %1, %2, %0" : "+r"(s->s2) : "r"(even), "r"(from));              \
	__asm__("smlab" half " %0, %1, %2, %0" : "+r"(s->s1) : "r"(odd), "r"(from));               \
	__asm__("smlat" half " %0, %1, %2, %0" : "+r"(s->s3) : "r"(odd), "r"(from))

TT_INLINE const int8_t *add4(struct sums *s, const int8_t *x, int32_t scales, bool top)
{
	uint32_t word = tt_load4(x), even, odd;

	__asm__("sxtb16 %0, %1" : "=r"(even) : "r"(word));
	__asm__("sxtb16 %0, %1, ror #8" : "=r"(odd) : "r"(word));
	if (top) {
		ADD("t", scales);
	} else {
		ADD("b", scales);
	}
	return x + 4;
}

/* Two scales in a register. */
TT_INLINE int32_t pair(int32_t low, int32_t high)
{
	return (int32_t)((uint32_t)(uint16_t)low | (uint32_t)high << 16);
}

/* What is left of a row: less than four sums. */
TT_INLINE const int8_t *add1(int32_t *sum, const int8_t *x, int32_t scales, bool top)
{
	int32_t value = *x;

	if (top) {
		__asm__("smlabt %0, %1, %2, %0" : "+r"(*sum) : "r"(value), "r"(scales));
	} else {
		__asm__("smlabb %0, %1, %2, %0" : "+r"(*sum) : "r"(value), "r"(scales));
	}
	return x + 1;
}

TT_INLINE void axpy(int32_t *acc, const struct tt_terms *t, const struct tt_window *w,
		    uint32_t count)
{
	const int8_t *x0 = t->row[0], *x1 = t->row[1], *x2 = t->row[2], *x3 = t->row[3];
	int32_t low = pair(t->scale[0], count > 1 ? t->scale[1] : 0);
	int32_t high = pair(count > 2 ? t->scale[2] : 0, count > 3 ? t->scale[3] : 0);
	uint32_t gap = w->stride - w->n, skip = w->step - w->n;

	for (uint32_t r = w->rows; r > 0; r--, acc += skip) {
		const int32_t *stop = acc + w->n;

		for (; acc + 4 <= stop; acc += 4) {
			struct sums s = {acc[0], acc[1], acc[2], acc[3]};

			x0 = add4(&s, x0, low, false);
			x1 = count > 1 ? add4(&s, x1, low, true) : x1;
			x2 = count > 2 ? add4(&s, x2, high, false) : x2;
			x3 = count > 3 ? add4(&s, x3, high, true) : x3;
			acc[0] = s.s0;
			acc[1] = s.s1;
			acc[2] = s.s2;
			acc[3] = s.s3;
		}
		for (; acc < stop; acc++) {
			int32_t sum = *acc;

			x0 = add1(&sum, x0, low, false);
			x1 = count > 1 ? add1(&sum, x1, low, true) : x1;
			x2 = count > 2 ? add1(&sum, x2, high, false) : x2;
			x3 = count > 3 ? add1(&sum, x3, high, true) : x3;
			*acc = sum;
		}
		x0 += gap;
		x1 += count > 1 ? gap : 0;
		x2 += count > 2 ? gap : 0;
		x3 += count > 3 ? gap : 0;
	}
}

void tt_dsp_axpy(int32_t *acc, const struct tt_terms *terms, const struct tt_window *w)
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

#endif
