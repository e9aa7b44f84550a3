/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the integer update rules of the papers have in common, and where they differ.
 *
 * A tensor is int8 with a scale: real = q * 2^s * (4/3)^u * (4/5)^d. A product of tensors adds
 * scales. Accumulators are int32 and become int8 by what their current maximum says. Neither
 * paper's networks are said to have biases, so there are none.
 */
#ifndef BENCHMARKS_RULES_RULE_H_
#define BENCHMARKS_RULES_RULE_H_

#include <stddef.h>
#include <stdint.h>

struct scale {
	int32_t s, u, d; /* NITI moves s only */
};

struct weights {
	int8_t *q;
	size_t n;
	struct scale scale;
};

struct wide {
	int32_t *v; /* accumulators, exact */
	size_t n;
	struct scale scale;
};

struct learning {
	int32_t setting; /* NITI: bits of a step (mu); Tin-Tin: L of the rate 2^-L */
	uint32_t random; /* xorshift32 state, not 0 */
};

/* One paper's rule. */
struct rule {
	/* Once, before training: weights as int8 of 7 bits. */
	void (*prepare)(struct weights *w);
	/* Accumulators to int8. @return the scale of @p out */
	struct scale (*narrow)(const struct wide *acc, int8_t *out);
	/* The error at int8 logits. @return its scale */
	struct scale (*loss)(const int8_t *logits, int classes, struct scale scale, int label,
			     int8_t *error, struct learning *learning);
	/* Move the weights against their gradient, which may be overwritten. */
	void (*update)(struct weights *w, struct wide *gradient, struct learning *learning);
};

extern const struct rule niti, compound;

#define LARGEST 127

static inline struct scale product(struct scale a, struct scale b)
{
	return (struct scale){a.s + b.s, a.u + b.u, a.d + b.d};
}

static inline uint32_t magnitude(int32_t v)
{
	return v < 0 ? 0u - (uint32_t)v : (uint32_t)v;
}

/* Bits of |v|: 0 for 0. */
static inline int bits(uint32_t v)
{
	return v == 0 ? 0 : 32 - __builtin_clz(v);
}

static inline int8_t clip(int64_t v)
{
	return (int8_t)(v > LARGEST ? LARGEST : v < -LARGEST ? -LARGEST : v);
}

/* v / 2^shift to the nearest, ties upward. */
static inline int64_t nearest(int64_t v, int shift)
{
	return shift > 0 ? (v + ((int64_t)1 << (shift - 1))) >> shift : v;
}

static inline uint32_t largest(const struct wide *t)
{
	uint32_t max = 0;

	for (size_t i = 0; i < t->n; i++) {
		max = magnitude(t->v[i]) > max ? magnitude(t->v[i]) : max;
	}
	return max;
}

#endif
