/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NITI (arXiv 2009.13108): the step has no learning rate. A gradient tensor is shifted until its
 * largest value has mu bits and subtracted from int8 weights whose exponent never moves.
 *
 * Assumed, where the paper's batches of 256 leave it open: a batch of one sample; mu stays the
 * same throughout, as the other methods' rates do.
 */
#include <stdbool.h>

#include "rule.h"

#define LOG2E_Q15 47274  /* 2^15 log2(e) */
#define SPAN      10     /* powers of two below the largest logit that still count */
#define ONE       2048   /* the probabilities' sum; 1/16 of a unit of error */
#define FRACTION  4      /* bits of ONE that rounding takes away */
#define EXP_LOW   (-25)  /* beyond these the squares below leave 64 bits */
#define EXP_HIGH  20
#define MAX_CLASSES 1024

static void prepare(struct weights *w)
{
	(void)w; /* 7 bits are what the paper begins with */
}

/* The shift that leaves 7 bits of the current maximum. */
static struct scale narrow(const struct wide *acc, int8_t *out)
{
	int shift = bits(largest(acc)) - 7;

	shift = shift > 0 ? shift : 0;
	for (size_t i = 0; i < acc->n; i++) {
		out[i] = clip(nearest(acc->v[i], shift));
	}
	return product(acc->scale, (struct scale){.s = shift});
}

static uint32_t random_word(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* q * log2(e) * 2^exp in whole numbers, toward zero. */
static int64_t to_base_2(int64_t q, int exp)
{
	int64_t s = q * LOG2E_Q15 / (1 << 15);

	return exp >= 0 ? s * ((int64_t)1 << exp) : s / ((int64_t)1 << -exp);
}

/* Large logits: 2^(z - max + SPAN) - 1, z in whole numbers, not below 0. */
static void powers(const int8_t *z, int n, int exp, int64_t *p)
{
	int64_t max = INT64_MIN;

	for (int i = 0; i < n; i++) {
		p[i] = to_base_2(z[i], exp);
		max = p[i] > max ? p[i] : max;
	}
	for (int i = 0; i < n; i++) {
		int64_t above = p[i] - (max - SPAN);

		p[i] = ((int64_t)1 << (above > 0 ? above : 0)) - 1;
	}
}

/* Small ones: e^x as 1 + x + x^2 / 2, times 2^(1 - 2 exp). */
static void taylor(const int8_t *z, int n, int exp, int64_t *p)
{
	for (int i = 0; i < n; i++) {
		int64_t x = z[i];

		p[i] = ((int64_t)1 << (1 - 2 * exp)) + x * ((int64_t)1 << (1 - exp)) + x * x;
	}
}

/* Toward zero, or away from it with the odds of what is dropped. */
static int32_t stochastic(int32_t v, int shift, uint32_t *state)
{
	uint32_t mask = (1u << shift) - 1, m = magnitude(v);
	int32_t q = (int32_t)((m >> shift) + ((m & mask) > (random_word(state) & mask)));

	return v < 0 ? -q : q;
}

static struct scale loss(const int8_t *logits, int classes, struct scale scale, int label,
			 int8_t *error, struct learning *learning)
{
	int exp = scale.s < EXP_LOW ? EXP_LOW : scale.s > EXP_HIGH ? EXP_HIGH : scale.s;
	int64_t p[MAX_CLASSES], sum = 0, given = 0;

	(exp > -7 ? powers : taylor)(logits, classes, exp, p);
	for (int i = 0; i < classes; i++) {
		sum += p[i];
	}
	for (int i = 0; i < classes; i++) {
		p[i] = p[i] * ONE / sum;
		given += p[i];
	}
	p[label] -= given;
	for (int i = 0; i < classes; i++) {
		error[i] = clip(stochastic((int32_t)p[i], FRACTION, &learning->random));
	}
	return (struct scale){0}; /* the update looks at no exponent */
}

/* The upper half of the bits that are dropped, against the lower half as a random number. */
static int32_t pseudo_stochastic(int32_t v, int shift)
{
	int half = shift / 2;
	uint32_t m = magnitude(v), rest = m & ((1u << shift) - 1);
	uint32_t upper = rest >> half, lower = (rest & ((1u << half) - 1)) << (shift % 2);
	int32_t q = (int32_t)((m >> shift) + (upper > lower));

	return v < 0 ? -q : q;
}

static void update(struct weights *w, struct wide *gradient, struct learning *learning)
{
	int shift = bits(largest(gradient)) - learning->setting;

	for (size_t k = 0; k < w->n; k++) {
		int32_t g = gradient->v[k];

		if (g != 0) {
			g = shift > 0 ? pseudo_stochastic(g, shift) : g;
			w->q[k] = clip(w->q[k] - g);
		}
	}
}

const struct rule niti = {prepare, narrow, loss, update};
