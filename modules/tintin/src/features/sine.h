/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TT_FEATURES_SINE_H_
#define TT_FEATURES_SINE_H_

#include <stdint.h>

/** round(2^15 sin(2 pi i / 1024)), at most 32767: a quarter of a turn, both ends. */
extern const int16_t tt_quarter_sine[257];

/** sin(2 pi turn / 1024) in Q15, of any turn; it is never 32768. */
static inline int32_t tt_sine(unsigned int turn)
{
	unsigned int i = turn & 511u;
	int32_t v = tt_quarter_sine[i <= 256u ? i : 512u - i];

	return (turn & 512u) != 0 ? -v : v;
}

static inline int32_t tt_cosine(unsigned int turn)
{
	return tt_sine(turn + 256u);
}

#endif
