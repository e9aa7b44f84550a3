/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Whether the sensor is believed: tintin/sensor_check.h with the limits of the node
 * tintin,pipeline. Without CONFIG_APP_SENSOR_CHECK it always is.
 */
#ifndef APP_CHECK_H_
#define APP_CHECK_H_

#include <stdint.h>

#include <tintin/sensor_check.h>

#ifdef CONFIG_APP_SENSOR_CHECK

void check_open(void);

/** Look at a reading: READING_VALUES values. */
void check_reading(const int16_t *reading);

/** A vector is whole. @return enum tintin_sensor_fault of its readings */
uint8_t check_verdict(void);

/** The vector under way was dropped. */
void check_restart(void);

#else

static inline void check_open(void)
{
}

static inline void check_reading(const int16_t *reading)
{
	(void)reading;
}

static inline uint8_t check_verdict(void)
{
	return 0;
}

static inline void check_restart(void)
{
}

#endif

/** The name of one fault. */
static inline const char *check_name(unsigned int fault)
{
	switch (fault) {
	case TINTIN_SENSOR_STUCK:
		return "stuck";
	case TINTIN_SENSOR_SATURATED:
		return "saturated";
	default:
		return "rate";
	}
}

#endif
