/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Readings to features: feature = (reading - offset) << shift, or >> -shift, within +-127.
 */
#ifndef APP_FEATURES_H_
#define APP_FEATURES_H_

#include <stdint.h>

#include <zephyr/drivers/sensor.h>

struct features {
	int32_t per_unit; /**< a reading counts units of the channel / this: 1, 1000 or 1,000,000 */
	int32_t offset;
	int8_t shift; /**< -31..31, negative to the right */
};

int8_t features_of(const struct features *features, const struct sensor_value *value);

#endif
