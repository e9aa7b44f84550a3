/* SPDX-License-Identifier: Apache-2.0 */
/* The learner's options: as the build has them, and as they are set while it runs. */
#include <string.h>

#include <zephyr/sys/util.h>

#include "service.h"
#include "teacher.h"

/* What may change while the learner's memory stays: one line an option, in bytes of the struct. */
struct option {
	const char *name;
	uint8_t offset, size;
};

#define OPTION(field)                                                                              \
	{STRINGIFY(field), offsetof(struct tintin_learner_options, field),                         \
	 sizeof(((struct tintin_learner_options *)0)->field)}
#define GUARD(field)                                                                               \
	{STRINGIFY(field), offsetof(struct tintin_learner_options, guard.field),                   \
	 sizeof(((struct tintin_learner_options *)0)->guard.field)}

static const struct option settable[] = {
	OPTION(replays),      OPTION(imprint),     OPTION(burst),     OPTION(drift_steps),
	OPTION(idle_steps),   OPTION(budget),      OPTION(period),    OPTION(pull_log2),
	OPTION(pull_every),   OPTION(memory),      GUARD(loss_bound), GUARD(hits_bound),
	GUARD(rescale_bound), GUARD(patience),     GUARD(slow_step),  GUARD(slow_most),
	GUARD(recover),       GUARD(evidence),     GUARD(doubt),
};

bool tintin_teacher_replays(void)
{
	return CONFIG_TINTIN_LEARNER_SLOTS > 0 &&
	       tintin_method(CONFIG_TINTIN_LEARNER_METHOD)->replays;
}

void tintin_teacher_configure(struct tintin_learner_options *o)
{
	tintin_learner_defaults(o);
	o->method = CONFIG_TINTIN_LEARNER_METHOD;
	o->slots = CONFIG_TINTIN_LEARNER_SLOTS;
	o->replays = CONFIG_TINTIN_LEARNER_REPLAYS;
	o->share = CONFIG_TINTIN_LEARNER_SHARE; /* 0 without a guard */
	o->burst = CONFIG_TINTIN_LEARNER_BURST;
	o->drift_steps = CONFIG_TINTIN_LEARNER_DRIFT_STEPS;
	o->idle_steps = CONFIG_TINTIN_LEARNER_IDLE_STEPS;
	o->budget = CONFIG_TINTIN_LEARNER_BUDGET;
	o->period = CONFIG_TINTIN_LEARNER_PERIOD;
	o->seed = CONFIG_TINTIN_LEARNER_SEED;
	for (int i = 0; i < TINTIN_SIGNALS && !IS_ENABLED(CONFIG_TINTIN_LEARNER_DRIFT); i++) {
		o->drift[i].mode = TINTIN_DRIFT_OFF;
	}
}

static const struct option *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(settable); i++) {
		if (strcmp(settable[i].name, name) == 0) {
			return &settable[i];
		}
	}
	return NULL;
}

static uint32_t read(const struct tintin_learner_options *options, const struct option *o)
{
	const uint8_t *at = (const uint8_t *)options + o->offset;
	uint16_t wide;

	if (o->size == sizeof(uint8_t)) {
		return *at;
	}
	memcpy(&wide, at, sizeof(wide));
	return wide;
}

static void write(struct tintin_learner_options *options, const struct option *o, uint32_t value)
{
	uint8_t *at = (uint8_t *)options + o->offset;
	uint16_t wide = (uint16_t)value;

	if (o->size == sizeof(uint8_t)) {
		*at = (uint8_t)value;
	} else {
		memcpy(at, &wide, sizeof(wide));
	}
}

/* The learner goes on with other options in the same memory, or with its own where it refuses them. */
static int change(const struct option *o, uint32_t value)
{
	struct tintin_learner *l = &tintin_teacher.learner;
	struct tintin_learner_options old = l->options, wanted = old;
	struct tintin_learner_hooks hooks = l->hooks;
	void *memory = l->state;
	int error = tintin_learner_seal(l);

	if (error) {
		return error;
	}
	write(&wanted, o, value);
	error = tintin_learner_resume(l, &tintin_service.net, &wanted, &hooks, memory,
				      tintin_teacher.need);
	if (error) {
		(void)tintin_learner_resume(l, &tintin_service.net, &old, &hooks, memory,
					    tintin_teacher.need);
	}
	return error;
}

static int learner_error(void)
{
	return tintin_service.error ? tintin_service.error : tintin_teacher.error;
}

int tintin_service_learner_set(const char *name, uint32_t value)
{
	const struct option *o = find(name);
	int error;

	if (o == NULL) {
		return -ENOENT;
	}
	if (value >= BIT(8 * o->size)) {
		return -EINVAL;
	}
	tintin_service_lock_all();
	error = learner_error();
	error = error ? error : change(o, value);
	tintin_service_unlock_all();
	return error;
}

int tintin_service_learner_get(const char *name, uint32_t *value)
{
	const struct option *o = find(name);
	int error;

	if (o == NULL) {
		return -ENOENT;
	}
	tintin_service_lock();
	error = learner_error();
	*value = error ? 0 : read(&tintin_teacher.learner.options, o);
	tintin_service_unlock();
	return error;
}

const char *tintin_service_learner_option(unsigned int i)
{
	return i < ARRAY_SIZE(settable) ? settable[i].name : NULL;
}
