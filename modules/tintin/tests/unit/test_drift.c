/* SPDX-License-Identifier: Apache-2.0 */
/* Page-Hinkley: when it alarms and when it does not. River's on the same streams is asked in Python. */
#include <model.h>
#include <promise.h>
#include <tintin/drift.h>
#include <tintin/error.h>

static const struct tintin_drift_options both = {
	.threshold = 5u << 10, .delta = 3277, .settle = 30, .mode = TINTIN_DRIFT_BOTH};

/* Noise around a mean, 2^-10: uniform within +-0.25. */
static int32_t noisy(uint32_t i, int32_t mean)
{
	return mean + (int32_t)(model_hash(i) % 513u) - 256;
}

/* @return samples until the alarm, or n */
static uint32_t delay(struct tintin_drift *d, const struct tintin_drift_options *o, int32_t mean,
		      uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		if (tintin_drift_update(d, o, noisy(d->n + 7919u * (uint32_t)mean, mean))) {
			return i;
		}
	}
	return n;
}

PROMISE(a_steady_signal_raises_no_alarm)
{
	struct tintin_drift d = {0};

	EXPECT_EQ(delay(&d, &both, 512, 50000), 50000);
}

PROMISE(a_rise_and_a_fall_are_noticed_within_threshold_over_change)
{
	static const int32_t to[] = {512 + 307, 512 - 307}; /* by 0.3: 5 / (0.3 - 0.05) = 20 samples */

	for (int i = 0; i < 2; i++) {
		struct tintin_drift d = {0};

		EXPECT_EQ(delay(&d, &both, 512, 1000), 1000);
		EXPECT(delay(&d, &both, to[i], 1000) <= 24);
		EXPECT_EQ(d.n, 0); /* and it starts afresh */
		EXPECT_EQ(delay(&d, &both, to[i], 5000), 5000);
	}
}

PROMISE(a_mode_looks_one_way)
{
	struct tintin_drift_options up = both, down = both, off = both;
	struct tintin_drift a = {0}, b = {0}, c = {0};

	up.mode = TINTIN_DRIFT_UP;
	down.mode = TINTIN_DRIFT_DOWN;
	off.mode = TINTIN_DRIFT_OFF;
	delay(&a, &up, 512, 500);
	delay(&b, &down, 512, 500);
	EXPECT_EQ(delay(&a, &up, 200, 500), 500);
	EXPECT(delay(&b, &down, 200, 500) < 40);
	EXPECT_EQ(delay(&c, &off, 5000, 500), 500);
}

PROMISE(no_alarm_comes_before_it_has_settled)
{
	struct tintin_drift_options o = both;
	struct tintin_drift d = {0};

	o.settle = 100;
	for (int i = 0; i < 99; i++) {
		EXPECT(!tintin_drift_update(&d, &o, i < 5 ? 0 : 8000));
	}
	EXPECT(tintin_drift_update(&d, &o, 8000));
}

PROMISE(extreme_signals_overflow_nothing)
{
	struct tintin_drift_options o = both;
	struct tintin_drift d = {0};
	uint32_t alarms = 0;

	o.threshold = 1u << 22;
	for (uint32_t i = 0; i < 200000; i++) { /* UBSan watches */
		alarms += tintin_drift_update(&d, &o, i / 1000 % 2 == 0 ? INT32_MIN : INT32_MAX);
	}
	EXPECT(alarms > 0);
}

PROMISE(bad_drift_options_are_refused)
{
	struct tintin_drift_options o = both;

	EXPECT_EQ(tintin_drift_check(&o), 0);
	o.threshold = 0;
	EXPECT_EQ(tintin_drift_check(&o), -EINVAL);
	o = both;
	o.mode = 4;
	EXPECT_EQ(tintin_drift_check(&o), -EINVAL);
	o = both;
	o.settle = 0;
	EXPECT_EQ(tintin_drift_check(&o), -EINVAL);
}
