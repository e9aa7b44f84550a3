/* SPDX-License-Identifier: Apache-2.0 */
/* Between the products: what is not zero, what a window sees, accumulators to int8. */
#include "scalar.h"

#if defined(__ARM_FEATURE_SAT)
#include <arm_acle.h>
#endif

TT_INLINE uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Notes where a value is not zero, and how large. */
TT_INLINE uint16_t *note(uint16_t *at, uint32_t *max, uint32_t k, int32_t x)
{
	if (x != 0) {
		*at++ = (uint16_t)k;
		*max = larger(*max, tt_abs(x));
	}
	return at;
}

/* Armv7-M: 3 instructions for a zero, 8 for another value, 5 for four zeros in a word. */
void tt_scalar_compress(struct tt_sparse *s)
{
	const int8_t *x = s->x;
	uint16_t *at = s->at;
	uint32_t k = 0, max = 0;

	if (tt_by_words(x)) {
		for (; k + 4 <= s->n; k += 4) {
			uint32_t word = tt_load4(x + k);

			if (word != 0) {
				at = note(at, &max, k, lane(word, 0));
				at = note(at, &max, k + 1, lane(word, 1));
				at = note(at, &max, k + 2, lane(word, 2));
				at = note(at, &max, k + 3, lane(word, 3));
			}
		}
	}
	for (; k < s->n; k++) {
		at = note(at, &max, k, x[k]);
	}
	s->count = (uint32_t)(at - s->at);
	s->max = max;
}

/* Rows are short: a call of the C library for each would cost more than the copy. */
void tt_scalar_copy_rows(int8_t *to, const int8_t *from, const struct tt_window *w)
{
	uint32_t gap = w->stride - w->n;

	for (const int8_t *stop = to + w->n * w->rows; to < stop; from += gap) {
		const int8_t *row_end = to + w->n;

		if (TT_ANY_ALIGNMENT) {
			for (; to + 4 <= row_end; from += 4, to += 4) {
				uint32_t word = tt_load4(from);

				__builtin_memcpy(to, &word, sizeof(word));
			}
		}
		while (to < row_end) {
			*to++ = *from++;
		}
	}
}

void tt_scalar_clear(int32_t *acc, uint32_t n)
{
	int32_t *stop = acc + n;

	for (; acc + 4 <= stop; acc += 4) {
		acc[0] = acc[1] = acc[2] = acc[3] = 0;
	}
	while (acc < stop) {
		*acc++ = 0;
	}
}

#if defined(__ARM_FEATURE_SAT)
#define SATURATE_UNSIGNED(v) ((int8_t)__usat(v, 7))
#define SATURATE_SIGNED(v)   ((int8_t)(__ssat(v, 8) == -128 ? -127 : __ssat(v, 8)))
#else
#define SATURATE_UNSIGNED(v) ((int8_t)((v) > 127 ? 127 : (v)))
#define SATURATE_SIGNED(v)   tt_clip(v)
#endif

/* A ReLU's outputs: load, BIC with the sign, ORR, ADD, shift, USAT, store, 2 of loop. */
static uint32_t quantise_relu(int8_t *to, const int32_t *acc, uint32_t n, int shift)
{
	int32_t half = (1 << shift) >> 1;
	uint32_t span = 0;

	for (const int32_t *stop = acc + n; acc < stop; acc++) {
		int32_t value = *acc & ~(*acc >> 31);

		span |= (uint32_t)value;
		*to++ = SATURATE_UNSIGNED((value + half) >> shift);
	}
	return span;
}

static uint32_t quantise_signed(int8_t *to, const int32_t *acc, uint32_t n, int shift)
{
	int32_t half = (1 << shift) >> 1;
	uint32_t span = 0;

	for (const int32_t *stop = acc + n; acc < stop; acc++) {
		span |= tt_abs(*acc);
		*to++ = SATURATE_SIGNED((*acc + half) >> shift);
	}
	return span;
}

static uint32_t quantise_masked(int8_t *to, const int32_t *acc, uint32_t n,
				const struct tt_quantiser *q)
{
	int32_t half = (1 << q->shift) >> 1;
	const int8_t *mask = q->mask;
	uint32_t span = 0;

	for (const int32_t *stop = acc + n; acc < stop; acc++, to++) {
		*to = 0;
		if (*mask++ != 0) {
			span |= tt_abs(*acc);
			*to = SATURATE_SIGNED((*acc + half) >> q->shift);
		}
	}
	return span;
}

void tt_scalar_quantise(int8_t *to, const int32_t *acc, uint32_t n, struct tt_quantiser *q)
{
	if (q->mask != NULL) {
		q->span |= quantise_masked(to, acc, n, q);
	} else if (q->relu) {
		q->span |= quantise_relu(to, acc, n, q->shift);
	} else {
		q->span |= quantise_signed(to, acc, n, q->shift);
	}
}
