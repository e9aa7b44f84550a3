/* SPDX-License-Identifier: Apache-2.0 */
#include "scale.h"

static void begin_window(struct tintin_scale *scale)
{
	scale->held = 0;
	scale->count = 0;
}

void tt_scale_move(struct tintin_scale *scale, uint32_t span, enum tt_tolerance tolerance)
{
	int need = tt_bitlen(span) - 7;

	if (need < 0) {
		need = 0;
	}
	if (need > scale->shift + (int)tolerance) {
		if (scale->shift < TT_SCALE_MAX) {
			scale->shift++;
		}
		begin_window(scale);
		return;
	}
	if (need >= scale->shift) {
		scale->held = 1;
	}
	if (++scale->count < TT_SCALE_WINDOW) {
		return;
	}
	if (!scale->held && scale->shift > 0) {
		scale->shift--;
	}
	begin_window(scale);
}
