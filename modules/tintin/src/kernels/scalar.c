/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For cores that multiply one pair at a time. What is saved: loads of the vector (each value meets
 * four rows), work on zeros (four activations are looked at in one word), and stores of weights
 * that the rounding leaves where they are.
 */
/*
 * For speed whatever the rest is compiled for. The scheduler of GCC would hoist loads until the
 * accumulators spill: 10 % more instructions on Cortex-M3.
 */
#ifndef __clang__
#pragma GCC optimize("O2,no-schedule-insns,no-tree-loop-distribute-patterns")
#endif

#include "kernels.h"
#include "master.h"

#include "../random.h"

#if defined(__ARM_FEATURE_UNALIGNED) || !defined(__arm__)
#define ANY_ALIGNMENT 1
#else
#define ANY_ALIGNMENT 0
#endif

#define UNROLL _Pragma("GCC unroll 4")

/* Four int8 in one load; Armv6-M has no unaligned one. The builtin stays a load where Zephyr
 * compiles freestanding, in which memcpy() is a call. */
static inline uint32_t load4(const int8_t *a)
{
	uint32_t word;

	__builtin_memcpy(&word, ANY_ALIGNMENT ? a : __builtin_assume_aligned(a, 4), sizeof(word));
	return word;
}

static inline int32_t lane(uint32_t word, unsigned int i)
{
	return (int8_t)(word >> 8 * i);
}

static inline bool by_words(const int8_t *a)
{
	return ANY_ALIGNMENT || ((uintptr_t)a & 3u) == 0;
}

/* Per 4 x 4 products on Armv7-M: 16 loads, 16 MLA, 4 SXTB, 9 around them: 2.8 a MAC. */
static void dot_four(const struct tt_rows *rows, const int8_t *a, int32_t *acc)
{
	const int8_t *w0 = rows->weight, *w1 = w0 + rows->n, *w2 = w1 + rows->n, *w3 = w2 + rows->n;
	int32_t s0 = acc[0], s1 = acc[1], s2 = acc[2], s3 = acc[3];
	const int8_t *end = a + rows->n;

	if (by_words(a)) {
		for (; a + 4 <= end; a += 4, w0 += 4, w1 += 4, w2 += 4, w3 += 4) {
			uint32_t word = load4(a);

			if (word == 0) {
				continue;
			}
			UNROLL for (unsigned int i = 0; i < 4; i++) {
				int32_t x = lane(word, i);

				s0 += x * w0[i];
				s1 += x * w1[i];
				s2 += x * w2[i];
				s3 += x * w3[i];
			}
		}
	}
	for (; a < end; a++) {
		s0 += *a * *w0++;
		s1 += *a * *w1++;
		s2 += *a * *w2++;
		s3 += *a * *w3++;
	}
	acc[0] = s0;
	acc[1] = s1;
	acc[2] = s2;
	acc[3] = s3;
}

/* The same for two rows: 3.5 a MAC. */
static void dot_two(const struct tt_rows *rows, const int8_t *a, int32_t *acc)
{
	const int8_t *w0 = rows->weight, *w1 = w0 + rows->n;
	int32_t s0 = acc[0], s1 = acc[1];
	const int8_t *end = a + rows->n;

	if (by_words(a)) {
		for (; a + 4 <= end; a += 4, w0 += 4, w1 += 4) {
			uint32_t word = load4(a);

			if (word == 0) {
				continue;
			}
			UNROLL for (unsigned int i = 0; i < 4; i++) {
				s0 += lane(word, i) * w0[i];
				s1 += lane(word, i) * w1[i];
			}
		}
	}
	for (; a < end; a++) {
		s0 += *a * *w0++;
		s1 += *a * *w1++;
	}
	acc[0] = s0;
	acc[1] = s1;
}

static int32_t dot_one(const int8_t *w, const int8_t *a, uint32_t n)
{
	int32_t acc = 0;

	for (const int8_t *end = a + n; a < end; a++) {
		acc += *a * *w++;
	}
	return acc;
}

void tt_scalar_dot_rows(const struct tt_rows *rows, const int8_t *a, int32_t *acc)
{
	uint32_t done = 0;

	if (rows->count == TT_BLOCK) {
		dot_four(rows, a, acc);
		return;
	}
	if (rows->count >= 2) {
		dot_two(rows, a, acc);
		done = 2;
	}
	if (done < rows->count) {
		acc[done] += dot_one(&rows->weight[done * rows->n], a, rows->n);
	}
}

/* Rows are short: a call of the C library for each would cost more than the copy. */
void tt_scalar_copy_rows(int8_t *to, const struct tt_runs *runs)
{
	const int8_t *row = runs->from;

	for (uint32_t i = 0; i < runs->count; i++, row += runs->stride) {
		const int8_t *from = row, *end = row + runs->n;

		if (ANY_ALIGNMENT) {
			for (; from + 4 <= end; from += 4, to += 4) {
				uint32_t word = load4(from);

				__builtin_memcpy(to, &word, sizeof(word));
			}
		}
		while (from < end) {
			*to++ = *from++;
		}
	}
}

/* Per 4 products on Armv7-M: 4 loads, 4 MLA, load, store and 2 of loop: 3 a MAC. */
static void axpy_four(int32_t *acc, const struct tt_terms *t, uint32_t n)
{
	const int8_t *x0 = t->row[0], *x1 = t->row[1], *x2 = t->row[2], *x3 = t->row[3];
	int32_t e0 = t->scale[0], e1 = t->scale[1], e2 = t->scale[2], e3 = t->scale[3];

	for (int32_t *end = acc + n; acc < end; acc++) {
		*acc += e0 * *x0++ + e1 * *x1++ + e2 * *x2++ + e3 * *x3++;
	}
}

/* Per 2 products: 2 loads, 2 MLA, load, store and 2 of loop: 4 a MAC; a single one costs 6. */
static void axpy_two(int32_t *acc, const struct tt_terms *t, uint32_t n)
{
	const int8_t *x0 = t->row[0], *x1 = t->row[1];
	int32_t e0 = t->scale[0], e1 = t->scale[1];

	for (int32_t *end = acc + n; acc < end; acc++) {
		*acc += e0 * *x0++ + e1 * *x1++;
	}
}

static void axpy_one(int32_t *acc, const int8_t *x, int32_t e, uint32_t n)
{
	for (int32_t *end = acc + n; acc < end; acc++) {
		*acc += e * *x++;
	}
}

void tt_scalar_axpy(int32_t *acc, const struct tt_terms *terms, uint32_t n)
{
	uint32_t done = 0;

	if (terms->count == TT_BLOCK) {
		axpy_four(acc, terms, n);
		return;
	}
	if (terms->count >= 2) {
		axpy_two(acc, terms, n);
		done = 2;
	}
	if (done < terms->count) {
		axpy_one(acc, terms->row[done], terms->scale[done], n);
	}
}

/* What an update keeps in registers. */
struct update {
	struct tt_planes planes;
	uint32_t i;    /* flat index of the weight */
	uint32_t word; /* dither of the weight */
	uint32_t word_step;
	int shift;
	bool limited;
};

/*
 * One weight. Once a network has learned most steps are 0, and then nothing is loaded or stored;
 * of the others most stay within the fraction. Armv7-M, F = 8, gradient included: 6 instructions
 * for a step of 0, 11 for one within the fraction, 20 for one that moves the int8.
 */
TT_INLINE void update_one(struct update *u, int32_t g)
{
	int32_t delta = (g + (int32_t)(u->word >> (32 - u->shift))) >> u->shift;

	if (delta != 0 && __builtin_expect(tt_master_nudge(u->planes, u->i, delta), 0)) {
		u->limited = true;
	}
	u->i++;
	u->word += u->word_step;
}

TT_INLINE void update_four(struct update *u, uint32_t a, int32_t scale)
{
	if (a == 0) {
		u->i += 4;
		u->word += 4 * u->word_step;
		return;
	}
	UNROLL for (unsigned int i = 0; i < 4; i++) {
		update_one(u, scale * lane(a, i));
	}
}

TT_INLINE struct update begin(const struct tt_row *row, uint8_t bits, struct tt_rounding *r)
{
	uint32_t word_step = TT_DITHER_STEP;

	__asm__("" : "+r"(word_step)); /* stays in a register instead of one literal for each lane */
	return (struct update){
		.planes = {row->planes.weight, row->planes.fraction, bits},
		.i = row->first,
		.word = tt_random(r->rng),
		.word_step = word_step,
		.shift = r->shift,
		.limited = r->limited,
	};
}

/* A constant F makes one loop for each width of the fraction plane. */
TT_INLINE void update_outer(const struct tt_row *row, uint8_t bits, const int8_t *a, int32_t scale,
			    struct tt_rounding *r)
{
	struct update u = begin(row, bits, r);
	const int8_t *end = a + row->n;

	if (by_words(a)) {
		for (; a + 4 <= end; a += 4) {
			update_four(&u, load4(a), scale);
		}
	}
	while (a < end) {
		update_one(&u, scale * *a++);
	}
	r->limited = u.limited;
}

TT_INLINE void update_gradient(const struct tt_row *row, uint8_t bits, const int32_t *g,
			       struct tt_rounding *r)
{
	struct update u = begin(row, bits, r);

	for (const int32_t *end = g + row->n; g < end; g++) {
		update_one(&u, *g);
	}
	r->limited = u.limited;
}

/* Other shifts only meet a network that diverges or stands still. */
static bool ordinary(const struct tt_rounding *r)
{
	return r->shift > 0 && r->shift <= 30;
}

void tt_scalar_update_outer(const struct tt_row *row, const int8_t *a, int32_t scale,
			    struct tt_rounding *r)
{
	if (!ordinary(r)) {
		tt_ref_update_outer(row, a, scale, r);
	} else if (row->planes.bits == 8) {
		update_outer(row, 8, a, scale, r);
	} else if (row->planes.bits == 4) {
		update_outer(row, 4, a, scale, r);
	} else {
		update_outer(row, 0, a, scale, r);
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
