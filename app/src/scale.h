/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Values of a sensor to whole numbers: (value - offset) << shift, or >> -shift, within limits.
 */
#ifndef APP_SCALE_H_
#define APP_SCALE_H_

#include <stdint.h>

#include <zephyr/drivers/sensor.h>

struct scale {
	int32_t per_unit; /**< a reading counts units of the channel / this: 1, 1000 or 1,000,000 */
	int32_t offset;
	int8_t shift;      /**< -31..31, negative to the right */
	int16_t low, high; /**< -32768..0, 0..32767 */
};

int16_t scale_value(const struct scale *scale, const struct sensor_value *value);

#endif
