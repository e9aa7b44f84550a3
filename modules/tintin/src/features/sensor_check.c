/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/sensor_check.h>

#include <stddef.h>

#define HUNDRED 100u

void tintin_sensor_check_open(struct tintin_sensor_check *c,
			      const struct tintin_sensor_limits *limits,
			      struct tintin_sensor_channel *channel)
{
	*c = (struct tintin_sensor_check){.limits = limits, .channel = channel};
	for (size_t i = 0; i < limits->values; i++) {
		channel[i] = (struct tintin_sensor_channel){0};
	}
}

static uint16_t count_on(uint16_t n)
{
	return n < UINT16_MAX ? (uint16_t)(n + 1u) : n;
}

static uint8_t look_at(const struct tintin_sensor_limits *l, struct tintin_sensor_channel *ch,
		       int16_t value)
{
	uint8_t faults = 0;

	ch->equal = ch->equal != 0 && value == ch->last ? count_on(ch->equal) : 1;
	ch->last = value;
	if (l->stuck != 0 && ch->equal >= l->stuck) {
		faults |= TINTIN_SENSOR_STUCK;
	}
	if (value <= l->low || value >= l->high) {
		ch->saturated = count_on(ch->saturated);
	}
	if (l->saturated != 0 && ch->saturated >= l->saturated) {
		faults |= TINTIN_SENSOR_SATURATED;
	}
	return faults;
}

void tintin_sensor_check_reading(struct tintin_sensor_check *c, const int16_t *values,
				 uint32_t now_us)
{
	for (size_t i = 0; i < c->limits->values; i++) {
		c->faults |= look_at(c->limits, &c->channel[i], values[i]);
	}
	if (c->readings++ == 0) {
		c->began_us = now_us;
	}
	c->ended_us = now_us;
}

/* A time times a percentage, all that there is of it. */
static uint64_t percent(uint32_t us, uint32_t part)
{
	return (uint64_t)us * part;
}

static bool off_rate(const struct tintin_sensor_check *c)
{
	const struct tintin_sensor_limits *l = c->limits;
	uint32_t between = c->readings - 1u, whole = HUNDRED + l->slack;
	uint32_t due, took = c->ended_us - c->began_us;

	if (l->slack == 0 || c->readings < 2) {
		return false;
	}
	/* A period is below 71 minutes, and so is what readings take together. */
	due = between > UINT32_MAX / l->period_us ? UINT32_MAX : between * l->period_us;
	return percent(took, HUNDRED) > percent(due, whole) ||
	       percent(took, whole) < percent(due, HUNDRED);
}

void tintin_sensor_check_restart(struct tintin_sensor_check *c)
{
	for (size_t i = 0; i < c->limits->values; i++) {
		c->channel[i].saturated = 0;
	}
	c->readings = 0;
	c->faults = 0;
}

uint8_t tintin_sensor_check_verdict(struct tintin_sensor_check *c)
{
	uint8_t faults = c->faults;

	if (off_rate(c)) {
		faults |= TINTIN_SENSOR_RATE;
	}
	tintin_sensor_check_restart(c);
	return faults;
}
