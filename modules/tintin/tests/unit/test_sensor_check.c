/* SPDX-License-Identifier: Apache-2.0 */
/* A sensor that is stuck, saturated or at another rate is found out; one that works is not. */
#include <promise.h>
#include <tintin/sensor_check.h>

static const struct tintin_sensor_limits limits = {
	.values = 2, .stuck = 4, .saturated = 3, .low = -100, .high = 100,
	.period_us = 1000, .slack = 25, .hz = 1000000,
};

struct checked {
	struct tintin_sensor_check check;
	struct tintin_sensor_channel channel[2];
	uint32_t now;
};

static void open_with(struct checked *c, const struct tintin_sensor_limits *l)
{
	c->now = 0;
	tintin_sensor_check_open(&c->check, l, c->channel);
}

static void read_two(struct checked *c, int16_t a, int16_t b)
{
	const int16_t reading[2] = {a, b};

	tintin_sensor_check_reading(&c->check, reading, c->now);
	c->now += 1000;
}

/* Readings that differ and lie within the range. */
static void read_well(struct checked *c, int n)
{
	for (int i = 0; i < n; i++) {
		read_two(c, (int16_t)(i % 7), (int16_t)(-i % 5));
	}
}

PROMISE(a_sensor_that_works_is_believed)
{
	struct checked c;

	open_with(&c, &limits);
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), 0);
	for (int window = 0; window < 5; window++) {
		read_well(&c, 64);
		EXPECT_EQ(tintin_sensor_check_verdict(&c.check), 0);
	}
}

PROMISE(one_channel_that_repeats_itself_is_stuck_until_it_changes)
{
	struct checked c;

	open_with(&c, &limits);
	for (int16_t i = 0; i < 3; i++) {
		read_two(&c, i, 42);
	}
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), 0);
	read_two(&c, 4, 42); /* the fourth, though the window is another */
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), TINTIN_SENSOR_STUCK);
	read_two(&c, 5, 42);
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), TINTIN_SENSOR_STUCK);
	read_well(&c, 10);
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), 0);
}

PROMISE(a_sensor_that_never_changes_stays_stuck_for_ever)
{
	struct checked c;

	open_with(&c, &limits);
	for (uint32_t i = 0; i < 70000; i++) {
		read_two(&c, 0, (int16_t)(i % 50));
	}
	read_two(&c, 0, 1);
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check) & TINTIN_SENSOR_STUCK, TINTIN_SENSOR_STUCK);
}

PROMISE(values_at_either_end_of_the_range_are_counted_between_verdicts)
{
	struct checked c;

	open_with(&c, &limits);
	read_two(&c, 100, 0);
	read_two(&c, 1, 99);
	read_two(&c, -100, 1);
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), 0);
	read_two(&c, 101, 0);
	read_two(&c, -100, -99);
	read_two(&c, 100, 1);
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), TINTIN_SENSOR_SATURATED);
	read_well(&c, 5);
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), 0);
}

static uint8_t verdict_at(uint32_t period_us, uint32_t begin)
{
	struct checked c;

	open_with(&c, &limits);
	for (uint32_t i = 0; i < 11; i++) {
		c.now = begin + i * period_us;
		read_two(&c, (int16_t)i, (int16_t)(i + 1));
	}
	return tintin_sensor_check_verdict(&c.check);
}

PROMISE(a_rate_beyond_the_slack_is_found_out_over_a_clock_that_wraps)
{
	EXPECT_EQ(verdict_at(1000, 0), 0);
	EXPECT_EQ(verdict_at(1250, UINT32_MAX - 3000), 0);
	EXPECT_EQ(verdict_at(800, UINT32_MAX - 3000), 0);
	EXPECT_EQ(verdict_at(1251, 5), TINTIN_SENSOR_RATE);
	EXPECT_EQ(verdict_at(799, UINT32_MAX - 3000), TINTIN_SENSOR_RATE);
	EXPECT_EQ(verdict_at(0, 77), TINTIN_SENSOR_RATE);
	EXPECT_EQ(verdict_at(100000000, 77), TINTIN_SENSOR_RATE);
}

/* Windows of ten readings, each so long after the one before, by a clock of @p l. */
static unsigned int windows_off_rate(const struct tintin_sensor_limits *l, uint32_t ticks,
				     unsigned int windows)
{
	struct checked c;
	unsigned int faulty = 0;

	open_with(&c, l);
	for (unsigned int window = 0; window < windows; window++) {
		for (int16_t i = 0; i < 10; i++) {
			read_two(&c, i, (int16_t)(i + 1));
			c.now += ticks - 1000u;
		}
		faulty += tintin_sensor_check_verdict(&c.check) != 0;
	}
	return faulty;
}

PROMISE(a_counter_of_cycles_may_wrap_at_any_reading)
{
	struct tintin_sensor_limits l = limits;

	l.hz = 25000000;
	l.period_us = 200000;
	EXPECT_EQ(windows_off_rate(&l, 5000000, 1000), 0);    /* wraps eleven times */
	EXPECT_EQ(windows_off_rate(&l, 6300000, 100), 100); /* 26 % late */
	l.hz = 32768;
	EXPECT_EQ(windows_off_rate(&l, 6554, 1000), 0);
}

PROMISE(a_vector_may_take_longer_than_the_counter_counts)
{
	struct tintin_sensor_limits l = limits;

	l.hz = 25000000;
	l.period_us = 100000000;
	EXPECT_EQ(windows_off_rate(&l, 2500000000u, 10), 0); /* 15 minutes each */
	l.hz = 1000;
	l.period_us = 3600000000u;
	EXPECT_EQ(windows_off_rate(&l, 3600000u, 10), 0); /* ten hours each */
	EXPECT_EQ(windows_off_rate(&l, 1800000u, 10), 10);
}

PROMISE(what_was_dropped_does_not_count)
{
	struct checked c;

	open_with(&c, &limits);
	for (int16_t i = 0; i < 3; i++) {
		read_two(&c, 100, i);
	}
	tintin_sensor_check_restart(&c.check);
	c.now += 1000000;
	read_well(&c, 5);
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), 0);
}

PROMISE(what_is_switched_off_is_not_looked_at)
{
	static const struct tintin_sensor_limits none = {.values = 2};
	struct checked c;

	open_with(&c, &none);
	for (int i = 0; i < 100; i++) {
		read_two(&c, INT16_MAX, INT16_MIN);
		c.now += 100000u * (uint32_t)i;
	}
	EXPECT_EQ(tintin_sensor_check_verdict(&c.check), 0);
}
