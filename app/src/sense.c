/* SPDX-License-Identifier: Apache-2.0 */
#include "sense.h"

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include <tintin/service.h>

#include "check.h"
#include "input.h"
#include "pipeline_node.h"
#include "source.h"
#include "wake.h"

LOG_MODULE_REGISTER(sense, CONFIG_APP_LOG_LEVEL);

static K_MUTEX_DEFINE(lock); /* the input, the reading under way and the counter */
static int16_t reading[READING_VALUES];
static size_t have; /* values of it: a scan takes several readings of the sensor */
static uint32_t readings;
static int64_t heard_at; /* uptime of the last reading, ms */
static bool silent;
static uint8_t faults;  /* of the newest vector */
static uint32_t faulty; /* vectors that were not used */
static uint32_t quiet;  /* vectors in which nothing moved */
static bool resting;    /* a vector has ended: it is time to */

/* With the lock held. @return values dropped */
static size_t begin_afresh(void)
{
	size_t dropped = have + input_restart();

	have = 0;
	check_restart();
	wake_restart();
	return dropped;
}

/* The words of a set of faults, each before a space. */
static void log_faults(uint8_t set)
{
	LOG_WRN("the sensor is faulty, and not believed:%s%s%s",
		(set & TINTIN_SENSOR_STUCK) != 0 ? " stuck" : "",
		(set & TINTIN_SENSOR_SATURATED) != 0 ? " saturated" : "",
		(set & TINTIN_SENSOR_RATE) != 0 ? " rate" : "");
}

/* What overlaps with faulty readings is not to be used either. */
static void distrust(uint8_t found)
{
	uint32_t number = tintin_service_skip();

	(void)begin_afresh();
	faulty++;
	if (found != faults) {
		log_faults(found);
	}
	LOG_DBG("window %u: not used", number);
}

static void show(void)
{
	struct input_vector vector = input_vector();
	struct tintin_window shown;
	int error = tintin_service_observe(vector.x, vector.n, &shown);

	if (error) {
		LOG_WRN_ONCE("no predictions: %s", tintin_reason(error));
		return;
	}
	LOG_DBG("window %u: class %u", shown.number, shown.prediction.label);
}

/* With the last reading of a vector all of them are judged, before it is taken: so the centres, too,
 * learn from nothing that is faulty, and where nothing moved no front end runs. */
static void end_vector(void)
{
	uint8_t found = check_verdict();
	bool awake = wake_verdict();

	if (found != 0) {
		distrust(found);
	} else if (!awake) {
		quiet++;
		(void)input_restart();
	} else if (input_push(reading)) {
		show();
	}
	if (found == 0 && faults != 0) {
		LOG_INF("the sensor is believed again");
	}
	faults = found;
	resting = source_rests();
}

static void use_reading(void)
{
	check_reading(reading);
	wake_reading(reading);
	if (input_filled() + READING_VALUES < input_length()) {
		(void)input_push(reading);
	} else {
		end_vector();
	}
}

/* @return 0, -EAGAIN when there is none, or the sensor's error */
static int take_reading(void)
{
	int error = source_read(&reading[have]);

	if (error) {
		return error;
	}
	readings++;
	have = (have + CHANNELS) % READING_VALUES;
	if (have == 0) {
		use_reading();
	}
	return 0;
}

/* @return 0 when there was a reading, else why not */
static int take_readings(void)
{
	int error, last = -EAGAIN;

	k_mutex_lock(&lock, K_FOREVER);
	do {
		error = take_reading();
		last = error ? last : 0;
	} while (source_queues() && error == 0 && !resting);
	k_mutex_unlock(&lock);
	return last == 0 ? 0 : error;
}

static void lose_sensor(int error)
{
	size_t dropped;

	k_mutex_lock(&lock, K_FOREVER);
	dropped = begin_afresh();
	k_mutex_unlock(&lock);
	if (silent) {
		return;
	}
	silent = true;
	tintin_service_sensor(true);
	if (error == -EAGAIN) {
		LOG_WRN("the sensor is silent for %d ms, %u values dropped", source_timeout_ms(),
			(unsigned int)dropped);
	} else {
		LOG_ERR("the sensor failed (%d), %u values dropped", error, (unsigned int)dropped);
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
	} else if (error != -EAGAIN || k_uptime_get() - heard_at >= source_timeout_ms()) {
		lose_sensor(error);
	}
}

/* Silence counts from the end of a rest. */
static void rest(void)
{
	source_rest();
	heard_at = k_uptime_get();
	resting = false;
}

int sense_run(void)
{
	int error = input_open();

	check_open();
	heard_at = k_uptime_get();
	error = error ? error : source_open();
	if (error) {
		tintin_service_sensor(true);
		return error;
	}
	for (;;) {
		source_wait();
		note(take_readings());
		if (resting) {
			rest();
		}
	}
}

void sense_restart(void)
{
	k_mutex_lock(&lock, K_FOREVER);
	(void)begin_afresh();
	k_mutex_unlock(&lock);
}

void sense_status(struct sense_status *out)
{
	k_mutex_lock(&lock, K_FOREVER);
	*out = (struct sense_status){
		.readings = readings,
		.filled = input_filled() + have,
		.length = input_length(),
		.silent = silent,
		.faults = faults,
		.faulty = faulty,
		.quiet = quiet,
	};
	k_mutex_unlock(&lock);
}
