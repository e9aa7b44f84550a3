/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The Page-Hinkley test in integers: has the mean of a signal moved? 24 bytes a signal, one
 * division a sample. LEARNER.md, "Drift", has the rule, its false-alarm rate and its delay.
 */
#ifndef TINTIN_DRIFT_H_
#define TINTIN_DRIFT_H_

#include <stdbool.h>
#include <stdint.h>

/** Which changes of the mean are looked for. */
enum tintin_drift_mode {
	TINTIN_DRIFT_OFF = 0,
	TINTIN_DRIFT_UP = 1,
	TINTIN_DRIFT_DOWN = 2,
	TINTIN_DRIFT_BOTH = 3,
};

struct tintin_drift_options {
	uint32_t threshold; /**< lambda, units of 2^-10: 1..4194304; larger is later and surer */
	uint32_t delta;     /**< change per sample that is tolerated, 2^-16: 0..65536 */
	uint16_t fade;      /**< 1 - alpha, 2^-24: 0..65535; 0 for years without false alarms, 1678
			     *   is river's default 0.0001 */
	uint16_t settle;    /**< samples before the first alarm, 1..65535 */
	uint8_t mode;       /**< enum tintin_drift_mode */
	uint8_t reserved[3];
};

/** One monitored signal. All zeros: before its first sample. */
struct tintin_drift {
	uint32_t n;   /* samples since the start or the last alarm */
	int32_t mean; /* running mean, 2^-16 */
	int32_t rise, rise_min; /* faded sum of (x - mean - delta), and its minimum; 2^-16 */
	int32_t fall, fall_max; /* faded sum of (x - mean + delta), and its maximum */
};

/** @return 0, or -EINVAL for options out of the ranges above */
int tintin_drift_check(const struct tintin_drift_options *options);

/**
 * Account for one sample.
 *
 * @param x  the signal, units of 2^-10, within +-32767
 * @return true when its mean has moved; the test then starts afresh
 */
bool tintin_drift_update(struct tintin_drift *drift, const struct tintin_drift_options *options,
			 int32_t x);

#endif
