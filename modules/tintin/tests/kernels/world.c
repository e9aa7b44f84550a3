/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <string.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h> /* on the host a byte read beyond a buffer is found, too */
#else
#define ASAN_POISON_MEMORY_REGION(from, n)   (void)(n)
#define ASAN_UNPOISON_MEMORY_REGION(from, n) (void)(n)
#endif

#define GUARD 0xa5u
#define GAP   8u /* guard bytes at least, between two buffers */

void world_begin(struct world *w, uint32_t seed)
{
	w->random = seed | 1u;
	w->used = GAP;
	w->buffers = 0;
	w->facts = 0;
	memset(w->memory, GUARD, sizeof(w->memory));
	ASAN_POISON_MEMORY_REGION(w->memory, sizeof(w->memory));
}

void world_end(struct world *w)
{
	ASAN_UNPOISON_MEMORY_REGION(w->memory, sizeof(w->memory));
}

/* PCG's output step over an LCG (O'Neill, "PCG", 2014): the test's own, not the engine's. */
static uint32_t next(struct world *w)
{
	uint32_t x;

	w->random = w->random * 747796405u + 2891336453u;
	x = ((w->random >> ((w->random >> 28) + 4u)) ^ w->random) * 277803737u;
	return x >> 22 ^ x;
}

static uint32_t below(struct world *w, uint32_t n)
{
	return (uint32_t)((uint64_t)next(w) * n >> 32);
}

static int32_t between(struct world *w, int32_t low, int32_t high)
{
	uint32_t span = (uint32_t)high - (uint32_t)low;

	return (int32_t)((uint32_t)low + (span == UINT32_MAX ? next(w) : below(w, span + 1u)));
}

static void note(struct world *w, const char *name, int32_t value)
{
	if (w->facts < WORLD_FACTS) {
		w->fact[w->facts++] = (struct fact){name, value};
	}
}

int32_t draw(struct world *w, const char *name, int32_t low, int32_t high)
{
	int32_t value = between(w, low, high);

	note(w, name, value);
	return value;
}

uint32_t draw_length_to(struct world *w, const char *name, uint32_t limit)
{
	uint32_t most = below(w, 8) > 0 && limit > 40u ? 40u : limit;
	uint32_t n = below(w, 16) == 0 ? below(w, 2) * most : below(w, most + 1u);

	note(w, name, (int32_t)n);
	return n;
}

uint32_t draw_length(struct world *w, const char *name)
{
	return draw_length_to(w, name, LENGTH_MAX);
}

/* A buffer that begins at a multiple of @p align and at any multiple of that within 16. */
static void *take(struct world *w, const char *name, uint32_t bytes, uint32_t align)
{
	uint32_t begin = (w->used + 15u) / 16u * 16u + below(w, 16u / align) * align;
	uint32_t end = begin + bytes;

	if (end + GAP > WORLD_BYTES || w->buffers == WORLD_BUFFERS) {
		__builtin_trap(); /* the test draws more than a world holds */
	}
	w->buffer[w->buffers++] = (struct buffer){name, (uint16_t)begin, (uint16_t)end};
	w->used = end + GAP;
	note(w, name, (int32_t)(begin % 16u));
	ASAN_UNPOISON_MEMORY_REGION(&w->memory[begin], bytes);
	return &w->memory[begin];
}

/* What a tensor's values are like; an activation is often sparse, an error mostly so. */
enum kind {
	RANDOM,
	SMALL,
	SPARSE,
	ENDS,
	LOW,
	HIGH,
	ZERO,
	ONE_VALUE,
	KINDS,
};

static int32_t value(struct world *w, enum kind kind, int32_t low, int32_t high)
{
	switch (kind) {
	case SMALL:
		return between(w, -2, 2);
	case SPARSE:
		return below(w, 8) == 0 ? between(w, low, high) : 0;
	case ENDS:
		return below(w, 2) ? low : high;
	case LOW:
		return low;
	case HIGH:
		return high;
	case ZERO:
	case ONE_VALUE:
		return 0;
	default:
		return between(w, low, high);
	}
}

int8_t *draw_bytes(struct world *w, const char *name, uint32_t n, int8_t low)
{
	int8_t *x = take(w, name, n, 1);
	enum kind kind = (enum kind)below(w, KINDS);

	for (uint32_t i = 0; i < n; i++) {
		x[i] = (int8_t)value(w, kind, low, 127);
	}
	if (kind == ONE_VALUE && n > 0) {
		x[below(w, n)] = (int8_t)between(w, low, 127);
	}
	return x;
}

int32_t *draw_words(struct world *w, const char *name, uint32_t n, int32_t limit)
{
	int32_t *x = take(w, name, n * sizeof(*x), sizeof(*x));
	enum kind kind = (enum kind)below(w, KINDS);
	int32_t high = limit >> (below(w, 2) ? below(w, 24) : 0); /* of every magnitude */

	high = high > 2 ? high : 2;
	for (uint32_t i = 0; i < n; i++) {
		x[i] = value(w, kind, -high, high);
	}
	if (kind == ONE_VALUE && n > 0) {
		x[below(w, n)] = between(w, -high, high);
	}
	return x;
}

uint32_t world_trespass(const struct world *w)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i <= w->buffers; i++) {
		uint32_t begin = i < w->buffers ? w->buffer[i].begin : WORLD_BYTES;

		for (; at < begin; at++) {
			if (w->memory[at] != GUARD) {
				return at;
			}
		}
		at = i < w->buffers ? w->buffer[i].end : at;
	}
	return WORLD_BYTES;
}

uint32_t world_difference(const struct world *a, const struct world *b)
{
	uint32_t at = 0;

	while (at < WORLD_BYTES && a->memory[at] == b->memory[at]) {
		at++;
	}
	return at;
}

const struct buffer *world_buffer(const struct world *w, uint32_t at)
{
	const struct buffer *found = NULL;

	for (uint32_t i = 0; i < w->buffers && w->buffer[i].begin <= at; i++) {
		found = &w->buffer[i];
	}
	return found;
}
