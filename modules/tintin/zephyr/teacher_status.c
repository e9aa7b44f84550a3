/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of the learner, and what it is told besides labels. */
#include "service.h"
#include "teacher.h"

static int learner_error(void)
{
	return tintin_service.error ? tintin_service.error : tintin_teacher.error;
}

static uint16_t open_classes(void)
{
	const struct tintin *net = &tintin_service.net;
	uint16_t open = 0;

	for (uint32_t c = 0; c < tintin_get_header(net)->classes; c++) {
		open += tintin_class_is_open(net, (uint16_t)c);
	}
	return open;
}

static void describe(struct tintin_learner_status *out)
{
	const struct tintin_learner *l = &tintin_teacher.learner;

	out->classes = tintin_get_header(l->net)->classes;
	out->open = open_classes();
	out->slots = l->replay != NULL ? l->options.slots : 0;
	out->share = l->options.share;
	out->seed = l->options.seed;
	out->count = l->replay != NULL ? l->replay->count : 0;
	out->held = l->replay != NULL ? l->replay->held : 0;
	out->rate = tintin_get_rate(l->net);
	out->slow = l->state->guard.slow;
	out->cause = l->state->guard.cause;
	out->counters = *tintin_learner_counters(l);
}

int tintin_service_learner(struct tintin_learner_status *out)
{
	int error;

	tintin_service_lock();
	*out = (struct tintin_learner_status){
		.method = tintin_method(tintin_teacher.method)->name,
		.memory = CONFIG_TINTIN_LEARNER_MEMORY,
		.need = tintin_teacher.need,
		.idle_after = tintin_learning_idle_after,
	};
	error = learner_error();
	if (error == 0) {
		describe(out);
	}
	tintin_service_unlock();
	return error;
}

static void describe_class(uint16_t label, struct tintin_class_status *out)
{
	const struct tintin_learner *l = &tintin_teacher.learner;
	const struct tintin_class *row = tintin_learner_class(l, label);

	*out = (struct tintin_class_status){
		.open = tintin_class_is_open(l->net, label),
		.labels = row->labels,
		.hits = row->hits,
	};
	if (l->replay != NULL) {
		out->samples = tintin_replay_count(l->replay, label, &out->held);
	}
}

int tintin_service_class(uint16_t label, struct tintin_class_status *out)
{
	int error;

	tintin_service_lock();
	error = learner_error();
	if (error == 0 && label >= tintin_get_header(&tintin_service.net)->classes) {
		error = -EDOM;
	}
	if (error == 0) {
		describe_class(label, out);
	}
	tintin_service_unlock();
	return error;
}

/* Between lessons, when nothing is due. */
static int tell(int (*what)(struct tintin_learner *learner, int32_t label), int32_t label)
{
	int error;

	k_mutex_lock(&tintin_service.step, K_FOREVER);
	tintin_learning_finish();
	tintin_service_lock();
	error = learner_error();
	error = error ? error : what(&tintin_teacher.learner, label);
	tintin_service_unlock_all();
	return error;
}

int tintin_service_erase(int32_t label)
{
	return tell(tintin_learner_erase, label);
}

int tintin_service_close(int32_t label)
{
	return tell(tintin_learner_close, label);
}
