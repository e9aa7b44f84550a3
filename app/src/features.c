/* SPDX-License-Identifier: Apache-2.0 */
#include "features.h"

#include <zephyr/sys/util.h>

#define MILLION 1000000
#define LIMIT   127

int8_t features_of(const struct features *features, const struct sensor_value *value)
{
	int64_t reading = (int64_t)value->val1 * features->per_unit +
			  value->val2 / (MILLION / features->per_unit);
	int64_t centred = reading - features->offset;

	if (features->shift < 0) {
		centred >>= -features->shift;
	} else {
		/* Beyond the limit it stays beyond, and so the shift cannot overflow. */
		centred = CLAMP(centred, -LIMIT, LIMIT) * ((int64_t)1 << features->shift);
	}
	return (int8_t)CLAMP(centred, -LIMIT, LIMIT);
}
