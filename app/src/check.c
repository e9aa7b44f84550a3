/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <zephyr/kernel.h>

#include "input.h"
#include "pipeline_node.h"

#define SLACK  DT_PROP_OR(PIPELINE, rate_slack_percent, 0)
#define PERIOD DT_PROP(PIPELINE, reading_period_us)

/* A devicetree cell has no sign. */
#define END_OF_RANGE(i, otherwise)                                                                 \
	COND_CODE_1(DT_NODE_HAS_PROP(PIPELINE, range),                                             \
		    ((int16_t)(int32_t)DT_PROP_BY_IDX(PIPELINE, range, i)), (otherwise))

BUILD_ASSERT(SLACK == 0 || PERIOD > 0, "tintin,pipeline: a slack needs a reading-period-us");

static const struct tintin_sensor_limits limits = {
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
	tintin_sensor_check_open(&check, &limits, channel);
}

void check_reading(const int16_t *reading)
{
	tintin_sensor_check_reading(&check, reading, k_cyc_to_us_floor32(k_cycle_get_32()));
}

uint8_t check_verdict(void)
{
	return tintin_sensor_check_verdict(&check);
}

void check_restart(void)
{
	tintin_sensor_check_restart(&check);
}
