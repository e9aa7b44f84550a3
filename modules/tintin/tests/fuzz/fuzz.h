/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Record fuzzing. The target (target.c) is libFuzzer's entry, the rest a bounded run of its own
 * that needs no fuzzing engine.
 */
#ifndef FUZZ_H_
#define FUZZ_H_

#include <model.h>

/** Give the engine these bytes as a record, and use it where it opens. Aborts on any harm. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** How often a record opened so far, of all that were tried. */
struct fuzz_count {
	unsigned int tried, opened;
};
extern struct fuzz_count fuzz_count;

/** The next number of a run: the same seed gives the same run. */
uint32_t fuzz_next(uint32_t *state);

/** Anywhere in 0 .. n - 1. */
uint32_t fuzz_below(uint32_t *state, uint32_t n);

/** A network of random layers that fit each other, with random sizes, states and planes. */
struct blob fuzz_network(uint32_t *state);

/** Change some bits, bytes or fields, then make the checksums right again, or almost always. */
void fuzz_mutate(struct blob *record, uint32_t *state);

#endif
