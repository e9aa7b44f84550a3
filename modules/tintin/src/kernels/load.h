/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Four int8 as one word.
 */
#ifndef TT_LOAD_H_
#define TT_LOAD_H_

#include <stdbool.h>
#include <stdint.h>

#define TT_INLINE static inline __attribute__((always_inline))

#if defined(__ARM_FEATURE_UNALIGNED) || !defined(__arm__)
#define TT_ANY_ALIGNMENT 1
#else
#define TT_ANY_ALIGNMENT 0 /* Armv6-M faults */
#endif

/** May the values from here on be loaded by words? */
TT_INLINE bool tt_by_words(const int8_t *a)
{
	return TT_ANY_ALIGNMENT || ((uintptr_t)a & 3u) == 0;
}

/** The builtin stays a load where Zephyr compiles freestanding, in which memcpy() is a call. */
TT_INLINE uint32_t tt_load4(const int8_t *a)
{
	uint32_t word;

	__builtin_memcpy(&word, TT_ANY_ALIGNMENT ? a : __builtin_assume_aligned(a, 4), sizeof(word));
	return word;
}

#endif
