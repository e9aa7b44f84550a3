/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <zephyr/kernel.h>

#include "input.h"
#include "pipeline_node.h"

#define SLACK  DT_PROP_OR(PIPELINE, rate_slack_percent, 0)
#define PERIOD DT_PROP(PIPELINE, reading_period_us)

/* Cycles tell readings that follow closely; they wrap within seconds on a fast core, and so may not
 * between two readings of a slow sensor, for which milliseconds do. */
#define SLOW (PERIOD >= USEC_PER_SEC)
#define HZ   (SLOW ? MSEC_PER_SEC : sys_clock_hw_cycles_per_sec())

/* A devicetree cell has no sign. */
#define END_OF_RANGE(i, otherwise)                                                                 \
	COND_CODE_1(DT_NODE_HAS_PROP(PIPELINE, range),                                             \
		    ((int16_t)(int32_t)DT_PROP_BY_IDX(PIPELINE, range, i)), (otherwise))

BUILD_ASSERT(SLACK == 0 || PERIOD > 0, "tintin,pipeline: a slack needs a reading-period-us");

static struct tintin_sensor_limits limits = {
	.values = READING_VALUES,
	.stuck = DT_PROP_OR(PIPELINE, stuck_readings, 0),
	.saturated = DT_PROP_OR(PIPELINE, saturated_readings, 0),
	.low = END_OF_RANGE(0, INPUT_LOW),
	.high = END_OF_RANGE(1, INPUT_HIGH),
	.period_us = PERIOD,
	.slack = SLACK,
};

static struct tintin_sensor_channel channel[READING_VALUES];
static struct tintin_sensor_check check;

void check_open(void)
{
	limits.hz = HZ; /* some boards know it only as they run */
	tintin_sensor_check_open(&check, &limits, channel);
}

static uint32_t now(void)
{
	return SLOW ? k_uptime_get_32() : k_cycle_get_32();
}

void check_reading(const int16_t *reading)
{
	tintin_sensor_check_reading(&check, reading, now());
}

uint8_t check_verdict(void)
{
	return tintin_sensor_check_verdict(&check);
}

void check_restart(void)
{
	tintin_sensor_check_restart(&check);
}
