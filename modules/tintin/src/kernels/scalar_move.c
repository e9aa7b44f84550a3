/* SPDX-License-Identifier: Apache-2.0 */
/* Between the products: what is not zero, what a window sees, accumulators to int8. */
#include "scalar.h"

#if defined(__ARM_FEATURE_SAT)
#include <arm_acle.h>
#endif

/* What is found of a vector. */
struct found {
	uint16_t *at;
	int32_t *sum;
	int32_t total;
};

/* Byte i of a word, number k of the vector. */
TT_INLINE void note(struct found *f, uint32_t word, unsigned int i, uint32_t k, bool sums)
{
	if ((word & 0xffu << 8 * i) != 0) {
		*f->at++ = (uint16_t)k;
		if (sums) {
			f->total += lane(word, i);
			*f->sum++ = f->total;
		}
	}
}

/* Armv7-M: 2 instructions for a zero, 4 for another value, 3 more for its sum; 5 for each word. */
TT_INLINE void compress(struct tt_sparse *s, bool sums)
{
	const int8_t *x = s->x;
	struct found f = {.at = s->at, .sum = s->sum};
	uint32_t n = s->n, k = 0, signs = 0;

	if (tt_by_words(x)) {
		for (; k + 4 <= n; k += 4) {
			uint32_t word = tt_load4(x + k);

			if (word != 0) {
				signs |= word;
				note(&f, word, 0, k, sums);
				note(&f, word, 1, k + 1, sums);
				note(&f, word, 2, k + 2, sums);
				note(&f, word, 3, k + 3, sums);
			}
		}
	}
	for (; k < n; k++) {
		signs |= (uint8_t)x[k];
		note(&f, (uint8_t)x[k], 0, k, sums);
	}
	s->count = (uint32_t)(f.at - s->at);
	if (sums) {
		f.sum[0] = f.sum[1] = f.sum[2] = f.total; /* updates take four at a time */
		s->reach = (signs & 0x80808080u) == 0 ? (uint32_t)f.total : 128u * s->count;
	}
}

void tt_scalar_compress(struct tt_sparse *s)
{
	if (s->sum != NULL) {
		compress(s, true);
	} else {
		compress(s, false);
	}
}

/* Rows are short: a call of the C library for each would cost more than the copy. */
void tt_scalar_copy_rows(int8_t *to, const int8_t *from, const struct tt_window *w)
{
	uint32_t gap = w->stride - w->n;

	for (const int8_t *stop = to + w->n * w->rows; to < stop; from += gap) {
		const int8_t *row_end = to + w->n;

		if (tt_by_words(from) && tt_by_words(to)) {
			for (; to + 4 <= row_end; from += 4, to += 4) {
				uint32_t word = tt_load4(from);

				__builtin_memcpy(TT_ANY_ALIGNMENT ? to : __builtin_assume_aligned(to, 4),
						 &word, sizeof(word));
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

uint32_t tt_scalar_span(const int32_t *acc, uint32_t n)
{
	const int32_t *stop = acc + n;
	uint32_t span = 0;

	for (; acc + 4 <= stop; acc += 4) {
		span |= tt_abs(acc[0]) | tt_abs(acc[1]) | tt_abs(acc[2]) | tt_abs(acc[3]);
	}
	while (acc < stop) {
		span |= tt_abs(*acc++);
	}
	return span;
}

#if defined(__ARM_FEATURE_SAT)
#define SATURATE_UNSIGNED(v) ((int8_t)__usat(v, 7))
#define NOT_NEGATIVE(v)      ((int32_t)__usat(v, 31))
#define SATURATE_SIGNED(v)   ((int8_t)(__ssat(v, 8) < -127 ? -127 : __ssat(v, 8)))
#else
#define NOT_NEGATIVE(v)      ((v) & ~((v) >> 31))
#define SATURATE_UNSIGNED(v) ((int8_t)((v) > 127 ? 127 : (v)))
#define SATURATE_SIGNED(v)   tt_clip(v)
#endif

TT_INLINE uint32_t quantise_one(int8_t *to, int32_t acc, int32_t half, int shift)
{
	int32_t value = NOT_NEGATIVE(acc);

	*to = SATURATE_UNSIGNED((value + half) >> shift);
	return (uint32_t)value;
}

/* A ReLU's outputs: load, USAT to 31 bits, ORR, ADD, shift, USAT to 7, store; 4 for 4 of them. */
static uint32_t quantise_relu(int8_t *to, const int32_t *acc, uint32_t n, int shift)
{
	int32_t half = (1 << shift) >> 1;
	const int32_t *stop = acc + n;
	uint32_t span = 0;

	for (; acc + 4 <= stop; acc += 4, to += 4) {
		span |= quantise_one(to, acc[0], half, shift);
		span |= quantise_one(to + 1, acc[1], half, shift);
		span |= quantise_one(to + 2, acc[2], half, shift);
		span |= quantise_one(to + 3, acc[3], half, shift);
	}
	for (; acc < stop; acc++, to++) {
		span |= quantise_one(to, *acc, half, shift);
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
	int32_t shift = q->shift, half = (1 << shift) >> 1;
	const int8_t *mask = q->mask;
	uint32_t span = 0;

	for (const int32_t *stop = acc + n; acc < stop; acc++, to++) {
		*to = 0;
		if (*mask++ != 0) {
			span |= tt_abs(*acc);
			*to = SATURATE_SIGNED((*acc + half) >> shift);
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
