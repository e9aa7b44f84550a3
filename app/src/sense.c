/* SPDX-License-Identifier: Apache-2.0 */
#include "sense.h"

#include <zephyr/device.h>
#include <zephyr/drivers/sensor.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include <tintin/service.h>

#include "features.h"
#include "window.h"

LOG_MODULE_REGISTER(sense, CONFIG_APP_LOG_LEVEL);

#define PIPELINE DT_COMPAT_GET_ANY_STATUS_OKAY(tintin_pipeline)
#define CHANNELS DT_PROP_LEN(PIPELINE, channels)
#define LENGTH   (DT_PROP(PIPELINE, window) * CHANNELS)
#define PERIOD   K_USEC(DT_PROP(PIPELINE, period_us))
#define TRIGGERED (DT_PROP(PIPELINE, period_us) == 0)
#define TIMEOUT_MS DT_PROP(PIPELINE, timeout_ms)

BUILD_ASSERT(IN_RANGE(CHANNELS, 1, 16), "tintin,pipeline: 1 to 16 channels");
BUILD_ASSERT(LENGTH <= CONFIG_TINTIN_SAMPLE_SIZE, "a window is longer than TINTIN_SAMPLE_SIZE");
BUILD_ASSERT(IN_RANGE((int32_t)DT_PROP(PIPELINE, shift), -31, 31), "tintin,pipeline: shift");

static const struct device *const sensor = DEVICE_DT_GET(DT_PHANDLE(PIPELINE, sensor));
static const uint16_t channels[] = DT_PROP(PIPELINE, channels);

/* In the order of the binding's enum: whole units, thousandths, millionths. */
static const int32_t per_unit[] = {1, 1000, 1000000};

static const struct features features = {
	.per_unit = per_unit[DT_ENUM_IDX(PIPELINE, reading_unit)],
	.offset = (int32_t)DT_PROP(PIPELINE, offset),
	.shift = (int8_t)(int32_t)DT_PROP(PIPELINE, shift),
};

static K_MUTEX_DEFINE(lock); /* the window and the counter */
static K_SEM_DEFINE(ready, 0, 1);
static int8_t memory[LENGTH];
static struct window window = {.features = memory, .length = LENGTH};
static uint32_t readings;
static int64_t heard_at; /* uptime of the last reading, ms */
static bool silent;

static void on_ready(const struct device *dev, const struct sensor_trigger *trigger)
{
	ARG_UNUSED(dev);
	ARG_UNUSED(trigger);
	k_sem_give(&ready);
}

static void show(void)
{
	struct tintin_window shown;
	int error = tintin_service_observe(memory, LENGTH, &shown);

	if (error) {
		LOG_WRN_ONCE("no predictions: %s", tintin_reason(error));
		return;
	}
	LOG_DBG("window %u: class %u", shown.number, shown.prediction.label);
}

/* Take one reading into the window. @return 0, -EAGAIN when there is none, or the sensor's error */
static int take_reading(void)
{
	int error = sensor_sample_fetch(sensor);

	for (size_t i = 0; error == 0 && i < CHANNELS; i++) {
		struct sensor_value value;

		error = sensor_channel_get(sensor, (enum sensor_channel)channels[i], &value);
		if (error == 0 && window_push(&window, features_of(&features, &value))) {
			show();
		}
	}
	readings += error == 0;
	return error;
}

/* @return 0 when there was a reading, else why not */
static int take_readings(void)
{
	int error, last = -EAGAIN;

	k_mutex_lock(&lock, K_FOREVER);
	do {
		error = take_reading();
		last = error ? last : 0;
	} while (TRIGGERED && error == 0);
	k_mutex_unlock(&lock);
	return last == 0 ? 0 : error;
}

static void lose_sensor(int error)
{
	size_t dropped;

	k_mutex_lock(&lock, K_FOREVER);
	dropped = window_restart(&window);
	k_mutex_unlock(&lock);
	if (silent) {
		return;
	}
	silent = true;
	tintin_service_sensor(true);
	if (error == -EAGAIN) {
		LOG_WRN("the sensor is silent for %d ms, %u features dropped", TIMEOUT_MS,
			(unsigned int)dropped);
	} else {
		LOG_ERR("the sensor failed (%d), %u features dropped", error,
			(unsigned int)dropped);
	}
}

static void note(int error)
{
	if (error == 0) {
		heard_at = k_uptime_get();
		if (silent) {
			silent = false;
			tintin_service_sensor(false);
			LOG_INF("the sensor is back");
		}
	} else if (error != -EAGAIN || k_uptime_get() - heard_at >= TIMEOUT_MS) {
		lose_sensor(error);
	}
}

static int prepare(struct k_timer *timer)
{
	static const struct sensor_trigger data_ready = {
		.type = SENSOR_TRIG_DATA_READY,
		.chan = SENSOR_CHAN_ALL,
	};
	int error = device_is_ready(sensor) ? 0 : -ENODEV;

	heard_at = k_uptime_get();
	if (error == 0 && TRIGGERED) {
		error = sensor_trigger_set(sensor, &data_ready, on_ready);
	} else if (error == 0) {
		k_timer_start(timer, PERIOD, PERIOD);
	}
	return error;
}

int sense_run(void)
{
	static struct k_timer timer;
	int error;

	k_timer_init(&timer, NULL, NULL);
	error = prepare(&timer);
	if (error) {
		tintin_service_sensor(true);
		LOG_ERR("the sensor %s cannot be used (%d)", sensor->name, error);
		return error;
	}
	for (;;) {
		if (TRIGGERED) {
			k_sem_take(&ready, K_MSEC(TIMEOUT_MS));
		} else {
			k_timer_status_sync(&timer);
		}
		note(take_readings());
	}
}

void sense_restart(void)
{
	k_mutex_lock(&lock, K_FOREVER);
	window_restart(&window);
	k_mutex_unlock(&lock);
}

void sense_status(struct sense_status *out)
{
	k_mutex_lock(&lock, K_FOREVER);
	*out = (struct sense_status){
		.readings = readings,
		.filled = window.filled == window.length ? 0 : window.filled,
		.length = window.length,
		.silent = silent,
	};
	k_mutex_unlock(&lock);
}
