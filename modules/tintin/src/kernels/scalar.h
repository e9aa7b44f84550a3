/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * For cores that multiply one pair at a time. What is saved: loads of the vector (each value meets
 * four rows), work on zeros, and stores of weights that the rounding leaves where they are.
 *
 * A file that includes this is compiled for speed whatever the rest is compiled for. The scheduler
 * of GCC would hoist loads until the accumulators spill, 10 % more instructions on Cortex-M3; its
 * loop distribution would turn short loops into calls of memset.
 */
#ifndef TT_SCALAR_H_
#define TT_SCALAR_H_

#ifndef __clang__
#pragma GCC optimize("O2,no-schedule-insns,no-tree-loop-distribute-patterns")
#endif

#include "kernels.h"
#include "load.h"
#include "master.h"

TT_INLINE int32_t lane(uint32_t word, unsigned int i)
{
	return (int8_t)(word >> 8 * i);
}

#endif
