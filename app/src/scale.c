/* SPDX-License-Identifier: Apache-2.0 */
#include "scale.h"

#include <zephyr/sys/util.h>

#define MILLION 1000000

int16_t scale_value(const struct scale *scale, const struct sensor_value *value)
{
	int64_t reading = (int64_t)value->val1 * scale->per_unit +
			  value->val2 / (MILLION / scale->per_unit);
	int64_t centred = reading - scale->offset;

	if (scale->shift < 0) {
		centred >>= -scale->shift;
	} else {
		/* Beyond a limit it stays beyond, and so the shift cannot overflow. */
		centred = CLAMP(centred, scale->low, scale->high) * ((int64_t)1 << scale->shift);
	}
	return (int16_t)CLAMP(centred, scale->low, scale->high);
}
