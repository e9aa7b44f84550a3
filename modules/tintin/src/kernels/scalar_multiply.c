/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows times vectors. Each value of the vector meets four rows, or what is left of four; the number
 * is a constant where it is tested, so that each becomes a loop of its own without branches.
 */
#include "scalar.h"

/* Pointers into four rows, and their sums. */
struct block {
	const int8_t *w0, *w1, *w2, *w3;
	int32_t s0, s1, s2, s3;
};

TT_INLINE struct block begin(const struct tt_rows *rows, uint32_t i, uint32_t count)
{
	const int8_t *w = rows->weight + i * rows->n;
	const int32_t *start = rows->start + i;
	struct block b = {.w0 = w, .s0 = start[0]};

	if (count > 1) {
		b.w1 = w + rows->n;
		b.s1 = start[1];
	}
	if (count > 2) {
		b.w2 = b.w1 + rows->n;
		b.w3 = b.w2 + rows->n;
		b.s2 = start[2];
		b.s3 = start[3];
	}
	return b;
}

TT_INLINE void end(const struct block *b, int32_t *acc, uint32_t count)
{
	acc[0] = b->s0;
	if (count > 1) {
		acc[1] = b->s1;
	}
	if (count > 2) {
		acc[2] = b->s2;
		acc[3] = b->s3;
	}
}

TT_INLINE void mac(struct block *b, int32_t x, uint32_t k, uint32_t count)
{
	b->s0 += x * b->w0[k];
	if (count > 1) {
		b->s1 += x * b->w1[k];
	}
	if (count > 2) {
		b->s2 += x * b->w2[k];
		b->s3 += x * b->w3[k];
	}
}

TT_INLINE void advance(struct block *b, uint32_t n)
{
	b->w0 += n;
	b->w1 += n;
	b->w2 += n;
	b->w3 += n;
}

/* Per 4 x 4 products on Armv7-M: 16 loads, 16 MLA, 4 SXTB, 8 around them: 2.8 a MAC. */
TT_INLINE void dot(const struct tt_rows *rows, uint32_t i, const int8_t *x, int32_t *acc,
		   uint32_t count)
{
	struct block b = begin(rows, i, count);
	const int8_t *stop = x + rows->n;

	if (tt_by_words(x)) {
		for (; x + 4 <= stop; x += 4, advance(&b, 4)) {
			uint32_t word = tt_load4(x);

			if (word != 0) {
				mac(&b, lane(word, 0), 0, count);
				mac(&b, lane(word, 1), 1, count);
				mac(&b, lane(word, 2), 2, count);
				mac(&b, lane(word, 3), 3, count);
			}
		}
	}
	for (; x < stop; x++, advance(&b, 1)) {
		mac(&b, *x, 0, count);
	}
	end(&b, acc + i, count);
}

void tt_scalar_multiply(const struct tt_rows *rows, const struct tt_vectors *v, int32_t *acc)
{
	const int8_t *x = v->x;

	for (uint32_t j = 0; j < v->count; j++, x += v->stride, acc += rows->count) {
		uint32_t i = 0;

		for (; i + 4 <= rows->count; i += 4) {
			dot(rows, i, x, acc, 4);
		}
		if (i + 2 <= rows->count) {
			dot(rows, i, x, acc, 2);
			i += 2;
		}
		if (i < rows->count) {
			dot(rows, i, x, acc, 1);
		}
	}
}

/* Per place and 4 rows: 2 loads of place and value, 4 loads, 4 MLA, 2 of loop: 3 a MAC. */
TT_INLINE void dot_sparse(const struct tt_rows *rows, uint32_t i, const struct tt_sparse *s,
			  int32_t *acc, uint32_t count)
{
	struct block b = begin(rows, i, count);
	const int8_t *x = s->x;

	for (const uint16_t *at = s->at, *stop = at + s->count; at < stop;) {
		uint32_t k = *at++;

		mac(&b, x[k], k, count);
	}
	end(&b, acc + i, count);
}

void tt_scalar_multiply_sparse(const struct tt_rows *rows, const struct tt_sparse *s, int32_t *acc)
{
	uint32_t i = 0;

	for (; i + 4 <= rows->count; i += 4) {
		dot_sparse(rows, i, s, acc, 4);
	}
	if (i + 2 <= rows->count) {
		dot_sparse(rows, i, s, acc, 2);
		i += 2;
	}
	if (i < rows->count) {
		dot_sparse(rows, i, s, acc, 1);
	}
}
