/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to the learner, in words. */
#include <zephyr/logging/log.h>
#include <zephyr/sys/util.h>

#include <tintin/error.h>

#include "teacher.h"

LOG_MODULE_DECLARE(tintin, CONFIG_TINTIN_LOG_LEVEL);

static const char *const signals[TINTIN_SIGNALS] = {
	[TINTIN_SIGNAL_LOSS] = "the loss",
	[TINTIN_SIGNAL_CONFIDENCE] = "the confidence",
	[TINTIN_SIGNAL_OFFSET] = "the input's mean",
	[TINTIN_SIGNAL_AMPLITUDE] = "the input's magnitude",
};

static const char *const causes[] = {
	[TINTIN_CAUSE_NONE] = "nothing",
	[TINTIN_CAUSE_LOSS] = "the loss rose",
	[TINTIN_CAUSE_HITS] = "hits were lost",
	[TINTIN_CAUSE_COLLAPSE] = "a class collapsed",
	[TINTIN_CAUSE_RESCALE] = "the weights ran away",
	[TINTIN_CAUSE_PATIENCE] = "it stayed worse for long",
};

static const char *const works[] = {
	[TINTIN_WORK_LABEL] = "a label",
	[TINTIN_WORK_REPLAY] = "the buffer after a label",
	[TINTIN_WORK_DRIFT] = "the buffer after an alarm",
	[TINTIN_WORK_IDLE] = "the buffer in idle time",
};

/* No supply and a worn flash say no every time: said once in a row, counted always. */
static bool refused, failed;

static void say_bad(const struct tintin_event *e)
{
	if (e->kind == TINTIN_EVENT_REFUSED && !refused) {
		refused = true;
		LOG_WRN("not learned from %s: no permit or budget", works[e->value]);
	} else if (e->kind == TINTIN_EVENT_FAILED && !failed) {
		failed = true;
		LOG_ERR("the last good state could not be kept or restored: %s",
			tintin_reason(e->value));
	}
}

void tintin_teacher_say(const struct tintin_event *e)
{
	switch (e->kind) {
	case TINTIN_EVENT_OPENED:
		LOG_INF("class %d opened at step %u", e->value, e->step);
		break;
	case TINTIN_EVENT_DRIFT:
		LOG_WRN("drift: %s moved, at window %u", signals[e->value], e->observed);
		break;
	case TINTIN_EVENT_KEPT:
		refused = failed = false;
		LOG_INF("kept at step %u", e->step);
		break;
	case TINTIN_EVENT_ROLLED_BACK:
		LOG_WRN("rolled back to step %u: %s", e->step, causes[e->value]);
		break;
	case TINTIN_EVENT_RECOVERED:
		LOG_INF("the rate recovers: halved %d times now", e->value);
		break;
	default:
		say_bad(e);
		break;
	}
}
