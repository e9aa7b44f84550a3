/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Delayed scaling: the shift that turns accumulators into int8 is known before a layer starts,
 * and moves by one when what it met did not fit, or left a bit unused for a whole window.
 */
#ifndef TT_SCALE_H_
#define TT_SCALE_H_

#include <tintin/record.h>

#include "fixed.h"

#define TT_SCALE_MAX    30
#define TT_SCALE_WINDOW 64

/** An error may clip by up to 2, which acts as gradient clipping; an activation may not. */
enum tt_tolerance {
	TT_TOLERANCE_ACTIVATION = 0,
	TT_TOLERANCE_ERROR = 1,
};

/** Account for one sample. @p span is the largest |acc|, or the OR of all: only its bits count. */
void tt_scale_move(struct tintin_scale *scale, uint32_t span, enum tt_tolerance tolerance);

#endif
