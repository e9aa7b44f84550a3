/* SPDX-License-Identifier: Apache-2.0 */
/* The learner's options: as the build has them, and as they are set while it runs. */
#include <string.h>

#include <zephyr/sys/util.h>

#include "service.h"
#include "teacher.h"

/*
 * One line an option: its name, where it lies in struct tintin_learner_options, and what the build has.
 * What is here may change while the learner's memory stays.
 */
struct option {
	const char *name;
	uint8_t offset, size;
	uint32_t built;
};

#define AT(name, field, value)                                                                     \
	{name, offsetof(struct tintin_learner_options, field),                                     \
	 sizeof(((struct tintin_learner_options *)0)->field), value}
#define OPTION(field, symbol) AT(#field, field, CONFIG_TINTIN_LEARNER_##symbol)
#define GUARD(field, symbol)  AT(#field, guard.field, CONFIG_TINTIN_LEARNER_##symbol)
#define DRIFT(signal, field, which, symbol)                                                        \
	AT("drift_" signal "_" #field, drift[TINTIN_SIGNAL_##which].field,                         \
	   CONFIG_TINTIN_LEARNER_DRIFT_##which##_##symbol)

static const struct option settable[] = {
	OPTION(replays, REPLAYS),
	OPTION(imprint, IMPRINT),
	OPTION(burst, BURST),
	OPTION(drift_steps, DRIFT_STEPS),
	OPTION(idle_steps, IDLE_STEPS),
	OPTION(budget, BUDGET),
	OPTION(period, PERIOD),
	OPTION(pull_log2, PULL_LOG2),
	OPTION(pull_every, PULL_EVERY),
	OPTION(memory, NCM_MEMORY),
	GUARD(loss_bound, LOSS_BOUND),
	GUARD(hits_bound, HITS_BOUND),
	GUARD(rescale_bound, RESCALE_BOUND),
	GUARD(patience, PATIENCE),
	GUARD(slow_step, SLOW_STEP),
	GUARD(slow_most, SLOW_MOST),
	GUARD(recover, RECOVER),
	GUARD(evidence, EVIDENCE),
	GUARD(doubt, DOUBT),
	DRIFT("loss", threshold, LOSS, THRESHOLD),
	DRIFT("loss", delta, LOSS, DELTA),
	DRIFT("confidence", threshold, CONFIDENCE, THRESHOLD),
	DRIFT("confidence", delta, CONFIDENCE, DELTA),
	DRIFT("offset", threshold, OFFSET, THRESHOLD),
	DRIFT("offset", delta, OFFSET, DELTA),
	DRIFT("amplitude", threshold, AMPLITUDE, THRESHOLD),
	DRIFT("amplitude", delta, AMPLITUDE, DELTA),
};

BUILD_ASSERT(sizeof(struct tintin_learner_options) <= UINT8_MAX, "offsets in a byte");

bool tintin_teacher_replays(void)
{
	return CONFIG_TINTIN_LEARNER_SLOTS > 0 && tintin_method(tintin_teacher.method)->replays;
}

/* The build's share is that of its method. @return 0 without a guard */
static uint8_t share(void)
{
	if (tintin_teacher.method == CONFIG_TINTIN_LEARNER_METHOD ||
	    !IS_ENABLED(CONFIG_TINTIN_LEARNER_GUARD)) {
		return CONFIG_TINTIN_LEARNER_SHARE;
	}
	return TINTIN_SHARE_BY_METHOD;
}

static void write(struct tintin_learner_options *options, const struct option *o, uint32_t value)
{
	uint8_t *at = (uint8_t *)options + o->offset;
	uint16_t wide = (uint16_t)value;

	if (o->size == sizeof(uint8_t)) {
		*at = (uint8_t)value;
	} else if (o->size == sizeof(uint16_t)) {
		memcpy(at, &wide, sizeof(wide));
	} else {
		memcpy(at, &value, sizeof(value));
	}
}

void tintin_teacher_configure(struct tintin_learner_options *o)
{
	tintin_learner_defaults(o);
	o->method = tintin_teacher.method;
	o->slots = CONFIG_TINTIN_LEARNER_SLOTS;
	o->share = share();
	o->seed = CONFIG_TINTIN_LEARNER_SEED;
	for (size_t i = 0; i < ARRAY_SIZE(settable); i++) {
		write(o, &settable[i], settable[i].built);
	}
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
	uint32_t value;
	uint16_t wide;

	if (o->size == sizeof(uint8_t)) {
		return *at;
	}
	if (o->size == sizeof(uint16_t)) {
		memcpy(&wide, at, sizeof(wide));
		return wide;
	}
	memcpy(&value, at, sizeof(value));
	return value;
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
	if (o->size < sizeof(value) && value >= BIT(8 * o->size)) {
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

/* A learner with this method over the network as it was saved last. */
static int begin_with(uint8_t method, uint32_t layers)
{
	struct tintin_service *s = &tintin_service;
	int error;

	tintin_teacher.method = method;
	tintin_teacher.layers = layers;
	error = tintin_service_open(s->record, s->record_size, s->saved);
	return error ? error : tintin_teacher.error;
}

static int change_method(uint8_t method, uint32_t layers)
{
	const struct tintin_header *header = tintin_get_header(&tintin_service.net);
	uint8_t former = tintin_teacher.method;
	uint32_t learned = tintin_teacher.layers;
	int error;

	if ((tintin_method_train(method, header, layers) << (32 - header->layers)) == 0) {
		return -EPERM;
	}
	error = begin_with(method, layers);
	if (error) {
		(void)begin_with(former, learned);
	}
	return error;
}

int tintin_service_learner_method(const char *name, uint32_t layers)
{
	int method = tintin_method_named(name), error;

	if (method < 0) {
		return -ENOENT;
	}
	tintin_service_lock_all();
	error = tintin_service.error;
	error = error ? error : change_method((uint8_t)method, layers);
	tintin_service_unlock_all();
	return error;
}
