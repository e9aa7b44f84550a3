/* SPDX-License-Identifier: Apache-2.0 */
/* Samples come in: predicted, watched, stored; what there is to learn from them becomes due. */
#include "learner.h"

#include "layer.h"

#if TINTIN_TRAINING

#include <string.h>

#include <tintin/error.h>
#include <tintin/probe.h>

#include "network.h"

/* One sample on its way in. */
struct lesson {
	const int8_t *x;
	uint16_t label;
	bool doubted; /* not to be learned, nor to be stored */
	bool stored;  /* in slot */
	struct tintin_slot slot;
	struct tintin_answer answer;
};

static void on_drift(struct tintin_learner *l)
{
	if (l->replay != NULL) {
		tintin_replay_renew(l->replay);
	}
	if (tt_method(l)->pulls) {
		tt_ewc_anchor(l);
	}
	if (!tt_newcomers(l)) { /* they are the change, and their few samples would be learned by heart */
		(void)tt_replay_later(l, TINTIN_WORK_DRIFT, l->options.drift_steps);
	}
}

static void watch(struct tintin_learner *l, enum tintin_signal signal, int32_t x)
{
	if (tintin_drift_update(&l->state->drift[signal], &l->options.drift[signal], x)) {
		l->state->counters.alarms[signal]++;
		tt_learner_tell(l, TINTIN_EVENT_DRIFT, signal);
		if (signal == TINTIN_SIGNAL_OFFSET || signal == TINTIN_SIGNAL_AMPLITUDE) {
			tintin_guard_believe(&l->state->guard);
		}
		on_drift(l);
	}
}

/* Means over the sample, of its values and of their magnitudes, int8 / 128 in 2^-10. */
static void watch_input(struct tintin_learner *l, const int8_t *x, size_t n)
{
	int32_t sum = 0, magnitude = 0;

	for (size_t i = 0; i < n; i++) {
		sum += x[i];
		magnitude += x[i] < 0 ? -x[i] : x[i];
	}
	watch(l, TINTIN_SIGNAL_OFFSET, sum * 8 / (int32_t)n);
	watch(l, TINTIN_SIGNAL_AMPLITUDE, magnitude * 8 / (int32_t)n);
}

static void count_period(struct tintin_learner *l)
{
	struct tintin_learner_state *s = l->state;

	s->counters.observed++;
	if (++s->period >= l->options.period) {
		s->period = 0;
		s->used = 0;
	}
}

/* How well the last good state does it: not at all where it did not know the class. */
static void note(struct tintin_learner *l, const struct lesson *lesson)
{
	bool known = l->classes[lesson->label].held.known != 0;
	bool hit = known && lesson->answer.prediction.label == lesson->label;
	uint16_t probability = known ? lesson->answer.probability : 0;

	*tintin_replay_note(l->replay, lesson->slot.index) = (struct tintin_note){
		.before = tintin_guard_note(probability, hit),
	};
}

/* A sceptical guard looks at a label before the buffer does. */
static int doubt(struct tintin_learner *l, struct lesson *lesson)
{
	const struct tintin_question question = {
		.x = lesson->x,
		.n = tintin_input_length(l->net),
		.label = lesson->label,
	};
	int error = 0;

	if (l->state->guard.sceptical) {
		error = tintin_ask(l->net, &question, &lesson->answer);
		lesson->doubted = error == 0 && tt_doubts(l, lesson->label,
							  lesson->answer.probability);
	}
	return error;
}

/* Predict, and put the sample where the buffer wants it. */
static int take_in(struct tintin_learner *l, struct lesson *lesson)
{
	bool latent = tt_method(l)->latent;
	struct tintin_question question = {
		.x = lesson->x,
		.n = tintin_input_length(l->net),
		.label = lesson->label,
	};
	int error;

	if (l->replay != NULL) {
		lesson->stored = tintin_replay_claim(l->replay, lesson->label, &lesson->slot) > 0;
	}
	if (lesson->stored && latent) {
		question.tap = lesson->slot.x;
	} else if (lesson->stored) {
		memcpy(lesson->slot.x, lesson->x, question.n);
	}
	error = tintin_ask(l->net, &question, &lesson->answer);
	if (error == 0 && lesson->stored) {
		note(l, lesson);
	}
	return error;
}

static void count_label(struct tintin_learner *l, const struct lesson *lesson)
{
	bool hit = lesson->answer.prediction.label == lesson->label;

	l->state->counters.labels++;
	l->state->counters.hits += hit;
	l->classes[lesson->label].labels++;
	l->classes[lesson->label].hits += hit;
}

static void learn(struct tintin_learner *l, const struct lesson *lesson)
{
	bool held = lesson->stored && lesson->slot.held;

	l->state->counters.doubted += lesson->doubted;
	if (!held && !lesson->doubted && tt_judgeable(l) && tt_permitted(l, TINTIN_WORK_LABEL)) {
		l->state->flags |= TT_FLAG_FRESH;
		(void)tintin_learn_begin(l->net, lesson->x, tintin_input_length(l->net),
					 lesson->label);
	}
	(void)tt_replay_later(l, TINTIN_WORK_REPLAY, l->options.replays);
}

/* Can a sample be taken in now? */
static int check_sample(const struct tintin_learner *l, size_t n, int32_t label)
{
	if (n != tintin_input_length(l->net)) {
		return -EINVAL;
	}
	if (label < TINTIN_NO_LABEL || label >= (int32_t)l->state->classes) {
		return -EDOM;
	}
	if (label != TINTIN_NO_LABEL && tt_work_due(l)) {
		return -EBUSY;
	}
	return 0;
}

int tintin_learner_teach(struct tintin_learner *l, const int8_t *x, size_t n, uint16_t label,
			 struct tintin_prediction *before)
{
	struct lesson lesson = {.x = x, .label = label};
	int error = check_sample(l, n, label);

	error = error ? error : doubt(l, &lesson);
	error = error || lesson.doubted ? error : take_in(l, &lesson);
	if (error) {
		return error;
	}
	count_label(l, &lesson);
	watch(l, TINTIN_SIGNAL_LOSS, lesson.answer.loss);
	learn(l, &lesson);
	if (before != NULL) {
		*before = lesson.answer.prediction;
	}
	return 0;
}

int tintin_learner_observe(struct tintin_learner *l, const int8_t *x, size_t n, int32_t label,
			   struct tintin_prediction *out)
{
	int error = check_sample(l, n, label);

	if (error == 0 && label == TINTIN_NO_LABEL) {
		error = tintin_predict(l->net, x, n, out);
	} else if (error == 0) {
		error = tintin_learner_teach(l, x, n, (uint16_t)label, out);
	}
	if (error == 0) {
		count_period(l);
		watch(l, TINTIN_SIGNAL_CONFIDENCE, out->confidence >> 5);
		watch_input(l, x, n);
	}
	return error;
}

int tintin_learner_remember(struct tintin_learner *l, const int8_t *x, size_t n, uint16_t label)
{
	struct lesson lesson = {.x = x, .label = label};
	int error = check_sample(l, n, label);

	if (l->replay == NULL) {
		return -EPERM;
	}
	return error ? error : take_in(l, &lesson);
}

int tintin_learner_idle(struct tintin_learner *l)
{
	return tt_work_due(l) ? 0 : tt_replay_later(l, TINTIN_WORK_IDLE, l->options.idle_steps);
}

int tintin_learner_settle(struct tintin_learner *l)
{
	struct tintin_learner_state *s = l->state;

	if (l->net->phase != 0) {
		return -EBUSY;
	}
	if ((s->flags & TT_FLAG_MOVED) == 0) {
		return 0;
	}
	if (!tt_guarded(l)) {
		tt_learner_keep(l);
		return 0;
	}
	s->flags |= TT_FLAG_STRICT;
	s->replays = 0;
	return 0;
}

int tintin_learner_set_rate(struct tintin_learner *l, struct tintin_rate rate)
{
	int error = tintin_set_rate(l->net, rate);

	if (error == 0) {
		l->state->rate = rate;
		tt_learner_apply_rate(l);
	}
	return error;
}

int tintin_learner_close(struct tintin_learner *l, int32_t label)
{
	uint32_t from = label == TINTIN_NO_LABEL ? 0 : (uint32_t)label;
	uint32_t to = label == TINTIN_NO_LABEL ? l->state->classes : from + 1u;
	int error = label < TINTIN_NO_LABEL ? -EDOM : tt_work_due(l) ? -EBUSY : 0;

	for (uint32_t c = from; error == 0 && c < to; c++) {
		error = c < l->state->classes ? tintin_class_close(l->net, (uint16_t)c) : -EDOM;
	}
	if (error == 0) {
		tt_learner_keep(l);
	}
	return error;
}

const struct tintin_counters *tintin_learner_counters(const struct tintin_learner *l)
{
	return &l->state->counters;
}

const struct tintin_class *tintin_learner_class(const struct tintin_learner *l, uint16_t label)
{
	return label < l->state->classes ? &l->classes[label] : NULL;
}

int tintin_learner_erase(struct tintin_learner *l, int32_t label)
{
	if (label < TINTIN_NO_LABEL || label >= (int32_t)l->state->classes) {
		return -EDOM;
	}
	if (l->replay == NULL) {
		return 0;
	}
	if (label != TINTIN_NO_LABEL) {
		return tintin_replay_erase_class(l->replay, (uint16_t)label);
	}
	tintin_replay_erase(l->replay);
	return 0;
}

#endif
