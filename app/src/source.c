/* SPDX-License-Identifier: Apache-2.0 */
#include "source.h"

#include <zephyr/device.h>
#include <zephyr/drivers/sensor.h>
#include <zephyr/logging/log.h>

#include "input.h"
#include "pipeline_node.h"
#include "scale.h"

LOG_MODULE_DECLARE(sense, CONFIG_APP_LOG_LEVEL);

#define PERIOD     K_USEC(DT_PROP(PIPELINE, period_us))
#define TRIGGERED  (DT_PROP(PIPELINE, period_us) == 0)
#define REST_MS    DT_PROP(PIPELINE, rest_ms)
#define TIMEOUT_MS DT_PROP(PIPELINE, timeout_ms)

BUILD_ASSERT(IN_RANGE((int32_t)DT_PROP(PIPELINE, shift), -31, 31), "tintin,pipeline: shift");

static const struct device *const sensor = DEVICE_DT_GET(DT_PHANDLE(PIPELINE, sensor));
static const uint16_t channels[] = DT_PROP(PIPELINE, channels);

/* In the order of the binding's enum: whole units, thousandths, millionths. */
static const int32_t per_unit[] = {1, 1000, 1000000};

static const struct scale scale = {
	.per_unit = per_unit[DT_ENUM_IDX(PIPELINE, reading_unit)],
	.offset = (int32_t)DT_PROP(PIPELINE, offset),
	.shift = (int8_t)(int32_t)DT_PROP(PIPELINE, shift),
	.low = INPUT_LOW,
	.high = INPUT_HIGH,
};

static K_SEM_DEFINE(ready, 0, 1);
static K_TIMER_DEFINE(timer, NULL, NULL);

static const struct sensor_trigger data_ready = {
	.type = SENSOR_TRIG_DATA_READY,
	.chan = SENSOR_CHAN_ALL,
};

static void on_ready(const struct device *dev, const struct sensor_trigger *trigger)
{
	ARG_UNUSED(dev);
	ARG_UNUSED(trigger);
	k_sem_give(&ready);
}

static int start(void)
{
	if (TRIGGERED) {
		return sensor_trigger_set(sensor, &data_ready, on_ready);
	}
	k_timer_start(&timer, PERIOD, PERIOD);
	return 0;
}

int source_open(void)
{
	int error = device_is_ready(sensor) ? start() : -ENODEV;

	if (error) {
		LOG_ERR("the sensor %s cannot be used (%d)", sensor->name, error);
	}
	return error;
}

void source_wait(void)
{
	if (TRIGGERED) {
		k_sem_take(&ready, K_MSEC(TIMEOUT_MS));
	} else {
		k_timer_status_sync(&timer);
	}
}

static void stop(void)
{
	if (TRIGGERED) {
		(void)sensor_trigger_set(sensor, &data_ready, NULL);
	} else {
		k_timer_stop(&timer);
	}
}

bool source_rests(void)
{
	return REST_MS > 0;
}

void source_rest(void)
{
	int error;

	stop();
	k_msleep(REST_MS);
	error = start();
	if (error) {
		LOG_ERR("the sensor %s does not go on (%d)", sensor->name, error);
	}
	k_sem_give(&ready); /* what a driver's FIFO holds, nothing may announce again */
}

int source_read(int16_t *values)
{
	int error = sensor_sample_fetch(sensor);

	for (size_t i = 0; error == 0 && i < CHANNELS; i++) {
		struct sensor_value value;

		error = sensor_channel_get(sensor, (enum sensor_channel)channels[i], &value);
		if (error == 0) {
			values[i] = scale_value(&scale, &value);
		}
	}
	return error;
}

bool source_queues(void)
{
	return TRIGGERED;
}

int source_timeout_ms(void)
{
	return TIMEOUT_MS;
}
