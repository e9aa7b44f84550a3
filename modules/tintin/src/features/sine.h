/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TT_FEATURES_SINE_H_
#define TT_FEATURES_SINE_H_

#include <stdint.h>

/** sin(2 pi turn / 1024) in Q15, of any turn; it is never 32768. */
int32_t tt_sine(unsigned int turn);

static inline int32_t tt_cosine(unsigned int turn)
{
	return tt_sine(turn + 256u);
}

#endif
