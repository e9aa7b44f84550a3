/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The memory that one trial of a kernel sees, and everything random about it. Two worlds of the
 * same seed are equal; after the reference has run in one and a variant in the other they must
 * still be, in every byte, and what lies outside of the buffers must be as it was.
 */
#ifndef WORLD_H_
#define WORLD_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORLD_BYTES   4096u /* two of them fit the 16 KB of an nRF51 */
#define WORLD_BUFFERS 12u
#define WORLD_FACTS   12u

/** Longest row that a trial draws. */
#define LENGTH_MAX 320u

struct buffer {
	const char *name;
	uint16_t begin, end;
};

/** Something about the trial, for the words of a failure. */
struct fact {
	const char *name;
	int32_t value;
};

struct world {
	_Alignas(16) uint8_t memory[WORLD_BYTES];
	uint32_t random;
	uint32_t used;
	uint32_t buffers, facts;
	struct buffer buffer[WORLD_BUFFERS];
	struct fact fact[WORLD_FACTS];
};

/** Empty, all guard bytes. */
void world_begin(struct world *w, uint32_t seed);

/** The kernel has run: memory outside of the buffers may be looked at again. */
void world_end(struct world *w);

/** First byte outside of the buffers that is not as it was, WORLD_BYTES for none. */
uint32_t world_trespass(const struct world *w);

/** First byte in which two worlds differ, WORLD_BYTES for none. */
uint32_t world_difference(const struct world *a, const struct world *b);

/** The buffer that holds byte @p at, or the last before it; NULL for none. */
const struct buffer *world_buffer(const struct world *w, uint32_t at);

/** A random number from @p low to @p high, noted as a fact. */
int32_t draw(struct world *w, const char *name, int32_t low, int32_t high);

/** The length of a row: mostly short, at times 0 or LENGTH_MAX. */
uint32_t draw_length(struct world *w, const char *name);

/** The same, at most @p limit. */
uint32_t draw_length_to(struct world *w, const char *name, uint32_t limit);

/** @p n int8 at any alignment: random, sparse, all zero, at the ends of @p low .. 127, ... */
int8_t *draw_bytes(struct world *w, const char *name, uint32_t n, int8_t low);

/** @p n int32 within @p limit, of the same kinds. */
int32_t *draw_words(struct world *w, const char *name, uint32_t n, int32_t limit);

#endif
