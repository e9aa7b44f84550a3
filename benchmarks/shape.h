/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shapes of a network's layers, for the programs that this computer runs in C.
 *
 * A tensor is [h][w][c]. A dense layer is a convolution whose kernel is its whole input.
 */
#ifndef BENCHMARKS_SHAPE_H_
#define BENCHMARKS_SHAPE_H_

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum kind {
	CONV = 2,
	MAX_POOL = 3,
};

struct shape {
	int32_t kind, relu;
	int32_t in[3], out[3], kernel[2], stride[2], pad[2]; /* pad: top, left */
};

/* Samples int8 [count][length], real value x * 2^exp; a pass of learning where there are labels. */
struct samples {
	const int8_t *x;
	const uint16_t *label; /* NULL: predict only */
	uint64_t count, length;
	int32_t exp;
};

static inline size_t volume(const int32_t s[3])
{
	return (size_t)s[0] * s[1] * s[2];
}

static inline int positions(const struct shape *l)
{
	return l->out[0] * l->out[1];
}

/* K: the inputs of one output of a convolution. */
static inline size_t fan_in(const struct shape *l)
{
	return (size_t)l->kernel[0] * l->kernel[1] * l->in[2];
}

/* Input offset that tap (ky, kx) of output position p reads, or -1 in the padding. */
static inline long tap(const struct shape *l, int p, int ky, int kx)
{
	int y = p / l->out[1] * l->stride[0] - l->pad[0] + ky;
	int x = p % l->out[1] * l->stride[1] - l->pad[1] + kx;

	if (y < 0 || y >= l->in[0] || x < 0 || x >= l->in[1]) {
		return -1;
	}
	return ((long)y * l->in[1] + x) * l->in[2];
}

/* Values of some type, each of so many bytes. */
struct bytes {
	const void *at;
	size_t each;
};

/* The inputs of output position p, [kernel_h][kernel_w][c]; 0 in the padding. */
static inline void gather(const struct shape *l, struct bytes in, int p, void *patch)
{
	size_t run = (size_t)l->in[2] * in.each;
	char *to = patch;

	for (int ky = 0; ky < l->kernel[0]; ky++) {
		for (int kx = 0; kx < l->kernel[1]; kx++, to += run) {
			long from = tap(l, p, ky, kx);

			if (from < 0) {
				memset(to, 0, run);
			} else {
				memcpy(to, (const char *)in.at + (size_t)from * in.each, run);
			}
		}
	}
}

/* Zeroed memory, for the length of a run on a computer. */
static inline void *get(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (p == NULL) {
		abort();
	}
	return p;
}

#endif
