/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Is a sensor still believed? Readings are looked at as they come; what is wrong with those since
 * the last verdict is known when a vector is whole, before it is predicted or learned from. The
 * caller owns all memory: eight words of state, and tintin_sensor_channel for each value.
 */
#ifndef TINTIN_SENSOR_CHECK_H_
#define TINTIN_SENSOR_CHECK_H_

#include <stdbool.h>
#include <stdint.h>

/** What can be wrong, to be or-ed. */
enum tintin_sensor_fault {
	TINTIN_SENSOR_STUCK = 1,     /**< a value repeated itself for too long */
	TINTIN_SENSOR_SATURATED = 2, /**< too many values at an end of the range */
	TINTIN_SENSOR_RATE = 4,      /**< readings came too fast or too slowly */
};

/** What a sensor must keep to. 0 in stuck, saturated or slack: that is not looked at. */
struct tintin_sensor_limits {
	uint16_t values;    /**< in a reading, 1.. */
	uint16_t stuck;     /**< equal readings in a row that are too many, 2.. */
	uint16_t saturated; /**< readings at or beyond low or high, between two verdicts, that are */
	int16_t low, high;  /**< ends of the range */
	uint32_t period_us; /**< time from a reading to the next, the mean between two verdicts */
	uint16_t slack;     /**< percent that it may be longer, or the rate higher */
	uint32_t hz;        /**< of the clock that readings are told by; with a slack, 1..2^31 */
};

/** One value of a reading. */
struct tintin_sensor_channel {
	int16_t last;
	uint16_t equal;     /* readings in a row with this value, 0: none seen */
	uint16_t saturated; /* readings since the last verdict */
};

struct tintin_sensor_check {
	const struct tintin_sensor_limits *limits; /* stays the caller's, and must stay */
	struct tintin_sensor_channel *channel;     /* limits->values of them */
	uint32_t seconds, ticks;                   /* that the readings since the verdict took */
	uint32_t last;                             /* reading, by the clock */
	uint32_t readings;
	uint8_t faults;
};

/** Nothing is known yet. @param channel  limits->values of them */
void tintin_sensor_check_open(struct tintin_sensor_check *check,
			      const struct tintin_sensor_limits *limits,
			      struct tintin_sensor_channel *channel);

/**
 * Look at a reading.
 *
 * @param now  when it came, by a clock that wraps at 2^32 of its ticks and no sooner; from one
 *             reading to the next it wraps once at most
 */
void tintin_sensor_check_reading(struct tintin_sensor_check *check, const int16_t *values,
				 uint32_t now);

/**
 * What was wrong with the readings since the last verdict, which end here. A value that is stuck
 * is so until it changes.
 *
 * @return enum tintin_sensor_fault, 0 for nothing
 */
uint8_t tintin_sensor_check_verdict(struct tintin_sensor_check *check);

/** Forget the readings since the last verdict: they were dropped. */
void tintin_sensor_check_restart(struct tintin_sensor_check *check);

#endif
