/* SPDX-License-Identifier: Apache-2.0 */
/* The learner in the service: its memory, how it begins and goes on, and what it asks of us. */
#include <string.h>

#include <zephyr/logging/log.h>

#include "service.h"
#include "study.h"
#include "teacher.h"

LOG_MODULE_DECLARE(tintin, CONFIG_TINTIN_LOG_LEVEL);

static uint8_t memory[CONFIG_TINTIN_LEARNER_MEMORY] __aligned(4);
static struct tintin_prediction before;

struct tintin_teacher tintin_teacher = {
	.method = CONFIG_TINTIN_LEARNER_METHOD,
	.layers = CONFIG_TINTIN_TRAIN_LAYERS,
	.error = -ENOENT,
};

/* The hook: the present state is good, and is what a rollback finds and a power cut leaves. */
static int keep(void *context)
{
	struct tintin_saved saved;

	ARG_UNUSED(context);
	return tintin_keep_save_itself(&saved);
}

/* The hook: back to what the network was opened from or saved as last. */
static int restore(void *context)
{
	ARG_UNUSED(context);
	return tintin_service_reopen();
}

static bool permit(void *context, enum tintin_work work)
{
	struct tintin_service *s = &tintin_service;

	ARG_UNUSED(context);
	return s->permit == NULL || s->permit(work);
}

static void on_event(void *context, const struct tintin_event *event)
{
	ARG_UNUSED(context);
	if (event->kind == TINTIN_EVENT_DRIFT) {
		tintin_teacher.alarmed = true;
	}
	tintin_teacher_say(event);
}

static const struct tintin_learner_hooks hooks = {
#ifdef CONFIG_TINTIN_STORE
	.keep = keep,
#endif
	.restore = restore,
	.permit = permit,
	.event = on_event,
};

uint32_t tintin_study_layers(const void *record, size_t size)
{
	const struct tintin_header *h = record;

	/* What is no record is refused when it is opened, a moment later. */
	if (size < sizeof(*h) || h->layers == 0 || h->layers > 32) {
		return tintin_teacher.layers;
	}
	return tintin_method_train(tintin_teacher.method, record, tintin_teacher.layers);
}

static int check_room(const struct tintin_learner_options *options)
{
	struct tintin_teacher *t = &tintin_teacher;
	int error = tintin_learner_size(&tintin_service.net, options, &t->need);

	if (error == 0 && t->need > sizeof(memory)) {
		LOG_ERR("the learner takes %u bytes, CONFIG_TINTIN_LEARNER_MEMORY is %u",
			(unsigned int)t->need, CONFIG_TINTIN_LEARNER_MEMORY);
		error = -ENOMEM;
	}
	return error;
}

/* @return 0, -ENOENT when no learner was saved, or why what was saved does not do */
static int resume(const struct tintin_learner_options *options)
{
	struct tintin_teacher *t = &tintin_teacher;
	const void *saved;
	size_t size;
	int error = tintin_keep_companion(TINTIN_LEARNER_MAGIC, &saved, &size);

	if (error) {
		return error;
	}
	if (size != t->need) {
		return -ESTALE;
	}
	memcpy(memory, saved, size);
	return tintin_learner_resume(&t->learner, &tintin_service.net, options, &hooks, memory,
				     t->need);
}

/* The options are made where they stay: they would be long on a stack that a save is to fit on, too. */
static int begin(bool saved)
{
	struct tintin_teacher *t = &tintin_teacher;
	struct tintin_learner_options *options = &t->learner.options;
	int error;

	tintin_teacher_configure(options);
	error = check_room(options);
	if (error) {
		return error;
	}
	error = saved ? resume(options) : -ENOENT;
	if (error == 0) {
		LOG_INF("the learner goes on, %u labels so far",
			tintin_learner_counters(&t->learner)->labels);
		return 0;
	}
	if (error != -ENOENT) {
		LOG_WRN("the saved learner is not this one's, it begins anew: %s",
			tintin_reason(error));
	}
	t->error = 0; /* it may keep the state that it begins with */
	return tintin_learner_open(&t->learner, &tintin_service.net, options, &hooks, memory,
				   t->need);
}

void tintin_study_begin(bool saved)
{
	struct tintin_teacher *t = &tintin_teacher;

	t->alarmed = false;
	t->error = begin(saved);
	if (t->error) {
		LOG_ERR("nothing will be learned: %s", tintin_reason(t->error));
	}
}

int tintin_study_observe(const int8_t *x, size_t n, struct tintin_prediction *out)
{
	struct tintin_teacher *t = &tintin_teacher;
	int error;

	/* Switched off it sees nothing: an exam leaves no trace. */
	if (t->error || !tintin_service.train) {
		return tintin_predict(&tintin_service.net, x, n, out);
	}
	error = tintin_learner_observe(&t->learner, x, n, TINTIN_NO_LABEL, out);
	if (t->alarmed) {
		t->alarmed = false;
		tintin_learning_wake();
	}
	return error;
}

int tintin_study_teach(const int8_t *x, size_t n, uint16_t label)
{
	struct tintin_teacher *t = &tintin_teacher;

	return t->error ? t->error : tintin_learner_teach(&t->learner, x, n, label, &before);
}

struct tintin_prediction tintin_study_before(void)
{
	return before;
}

bool tintin_study_idles(void)
{
	return tintin_teacher.error == 0 && tintin_teacher_replays();
}

void tintin_study_idle(void)
{
	if (tintin_teacher.error == 0) {
		(void)tintin_learner_idle(&tintin_teacher.learner);
	}
}

bool tintin_study_slice(void)
{
	struct tintin_teacher *t = &tintin_teacher;

	return t->error == 0 && tintin_learner_slice(&t->learner) > 0;
}

void tintin_study_settle(void)
{
	if (tintin_teacher.error == 0) {
		(void)tintin_learner_settle(&tintin_teacher.learner);
	}
}

int tintin_study_set_rate(struct tintin_rate rate)
{
	struct tintin_teacher *t = &tintin_teacher;

	return t->error ? tintin_set_rate(&tintin_service.net, rate)
			: tintin_learner_set_rate(&t->learner, rate);
}

int tintin_study_seal(struct tintin_companion *out)
{
	struct tintin_teacher *t = &tintin_teacher;
	int error;

	if (t->error) {
		return 0; /* none runs: the network alone is worth saving */
	}
	error = tintin_learner_seal(&t->learner);
	*out = (struct tintin_companion){TINTIN_LEARNER_MAGIC, memory, t->need};
	return error ? error : 1;
}
