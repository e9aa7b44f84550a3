/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/sensor_check.h>

#include <stddef.h>

#define HUNDRED    100u
#define KILO       1000u
#define MICRO      1000000u
#define LONGEST_US (1ull << 47) /* four years: times a percentage it has 64 bits */

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

/* In whole seconds and ticks: a clock of 25 MHz counts to 2^32 in less than three minutes. */
static void pass(struct tintin_sensor_check *c, uint32_t ticks)
{
	uint32_t hz = c->limits->hz;

	if (ticks >= hz) {
		c->seconds += ticks / hz;
		ticks %= hz;
	}
	c->ticks += ticks;
	if (c->ticks >= hz) {
		c->ticks -= hz;
		c->seconds++;
	}
}

void tintin_sensor_check_reading(struct tintin_sensor_check *c, const int16_t *values,
				 uint32_t now)
{
	for (size_t i = 0; i < c->limits->values; i++) {
		c->faults |= look_at(c->limits, &c->channel[i], values[i]);
	}
	if (c->limits->slack != 0 && c->readings > 0) {
		pass(c, now - c->last);
	}
	c->last = now;
	c->readings++;
}

/* Ticks of less than a second, by 32 bits: their last bits are no microsecond, where there are many. */
static uint32_t in_us(uint32_t ticks, uint32_t hz)
{
	uint32_t ms;

	while (hz >= 1u << 22) {
		hz >>= 1;
		ticks >>= 1;
	}
	ms = ticks * KILO / hz;
	return ms * KILO + ticks * KILO % hz * KILO / hz;
}

/* A time times a percentage, all that there is of it. */
static uint64_t percent(uint64_t us, uint32_t part)
{
	return (us < LONGEST_US ? us : LONGEST_US) * part;
}

/* Once a vector, so in 64 bits; they are not divided. */
static bool off_rate(const struct tintin_sensor_check *c)
{
	const struct tintin_sensor_limits *l = c->limits;
	uint32_t whole = HUNDRED + l->slack;
	uint64_t due, took;

	if (l->slack == 0 || c->readings < 2) {
		return false;
	}
	due = (uint64_t)(c->readings - 1u) * l->period_us;
	took = (uint64_t)c->seconds * MICRO + in_us(c->ticks, l->hz);
	return percent(took, HUNDRED) > percent(due, whole) ||
	       percent(took, whole) < percent(due, HUNDRED);
}

void tintin_sensor_check_restart(struct tintin_sensor_check *c)
{
	for (size_t i = 0; i < c->limits->values; i++) {
		c->channel[i].saturated = 0;
	}
	c->readings = 0;
	c->seconds = 0;
	c->ticks = 0;
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
