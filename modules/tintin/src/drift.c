/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page-Hinkley with a fading factor, as river's: with dev = x - mean,
 *
 *   rise = alpha rise + dev - delta,  alarm when rise - min rise > lambda
 *   fall = alpha fall + dev + delta,  alarm when max fall - fall > lambda
 *
 * With alpha < 1 the sums come to rest at -delta / (1 - alpha) and stray from their extremes by
 * chance: an alarm every 2 / (1 - alpha) samples of a steady signal. So the learner's defaults do
 * not fade. A sum at its limit stays there until the signal moves, which changes no alarm.
 * x comes in 2^-10; everything inside is 2^-16.
 */
#include <tintin/drift.h>

#include <tintin/error.h>

#include "fixed.h"

#define INPUT_MAX     32767
#define FINER         6 /* bits from 2^-10 to 2^-16 */
#define SUM_MAX       (1 << 29)
#define THRESHOLD_MAX (1u << 22)
#define FADE_COARSE   10 /* a sum loses so many bits before it is multiplied by 1 - alpha */
#define FADE_UNIT     24

int tintin_drift_check(const struct tintin_drift_options *o)
{
	bool good = o->mode <= TINTIN_DRIFT_BOTH && o->threshold >= 1 &&
		    o->threshold <= THRESHOLD_MAX && o->delta <= 65536u && o->settle >= 1;

	return good ? 0 : -EINVAL;
}

/* mean += (v - mean) / n, to the nearest */
static void move_mean(struct tintin_drift *d, int32_t v)
{
	int32_t n = d->n > (1u << 24) ? 1 << 24 : (int32_t)d->n;
	int32_t away = v - d->mean;

	d->mean += (away + (away < 0 ? -(n / 2) : n / 2)) / n;
}

static int32_t faded(int32_t sum, uint16_t fade, int32_t step)
{
	sum -= ((sum >> FADE_COARSE) * fade) >> (FADE_UNIT - FADE_COARSE);
	return tt_limit(sum + step, -SUM_MAX, SUM_MAX);
}

bool tintin_drift_update(struct tintin_drift *d, const struct tintin_drift_options *o, int32_t x)
{
	int32_t v = tt_limit(x, -INPUT_MAX, INPUT_MAX) * (1 << FINER);
	int32_t delta = (int32_t)o->delta, limit = (int32_t)(o->threshold << FINER);
	bool alarm = false;

	if (o->mode == TINTIN_DRIFT_OFF) {
		return false;
	}
	d->n += d->n < UINT32_MAX;
	move_mean(d, v);
	d->rise = faded(d->rise, o->fade, v - d->mean - delta);
	d->fall = faded(d->fall, o->fade, v - d->mean + delta);
	if (d->n == 1 || d->rise < d->rise_min) {
		d->rise_min = d->rise;
	}
	if (d->n == 1 || d->fall > d->fall_max) {
		d->fall_max = d->fall;
	}
	if (d->n >= o->settle) {
		alarm = ((o->mode & TINTIN_DRIFT_UP) != 0 && d->rise - d->rise_min > limit) ||
			((o->mode & TINTIN_DRIFT_DOWN) != 0 && d->fall_max - d->fall > limit);
	}
	if (alarm) {
		*d = (struct tintin_drift){0};
	}
	return alarm;
}
