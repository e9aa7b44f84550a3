/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The static check behind "int32 never overflows" (DESIGN.md, "Overflow bounds"): a product of
 * two int8 is at most 16129, and an accumulator stays below 2^30 so that a rounding word fits.
 */
#include <tintin/error.h>

#include "record.h"

#define MAX_TERMS  66572u /* n * 16129 < 2^30 */
#define MAX_FAN_IN 32768u /* beside a bias of at most 2^29 */
#define MAX_WINDOW 32768u

static bool within(const struct tt_walk *w)
{
	const struct tintin_layer_entry *e = w->entry;
	uint64_t window = e->kind == TINTIN_DENSE ? 1 : (uint64_t)e->kernel_h * e->kernel_w;

	if (!tt_has_weights(e)) {
		return window <= MAX_WINDOW;
	}
	return w->fan_in <= MAX_FAN_IN && window * e->out.c <= MAX_TERMS &&
	       (uint32_t)e->out.h * e->out.w <= MAX_TERMS;
}

int tt_bounds_check(const struct tintin_header *header)
{
	struct tt_walk w = tt_walk_begin(header);

	do {
		if (!within(&w)) {
			return -ERANGE;
		}
	} while (tt_walk_next(&w));
	return 0;
}
