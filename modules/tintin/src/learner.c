/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Samples come in, work becomes due, slices do it. What is due, in this order: the learning step
 * under way, a judgement under way, a pull (ewc), a full burst's judgement, steps from the buffer.
 */
#include "learner.h"

#include "layer.h"

#if TINTIN_TRAINING

#include <string.h>

#include <tintin/error.h>
#include <tintin/probe.h>

#include "network.h"

#define HELD_LEAST 2  /* held-out samples by which a new class can be judged */
#define WAIT_MOST  4u /* bursts that the guard waits for them */

/* One sample on its way in. */
struct lesson {
	const int8_t *x;
	uint16_t label;
	bool stored; /* in slot */
	struct tintin_slot slot;
	struct tintin_answer answer;
};

/* Is a class being learned that the guard could not miss: new, and hardly a sample held out? */
static bool newcomer(const struct tintin_learner *l)
{
	for (uint32_t c = 0; c < l->state->classes; c++) {
		uint16_t held, count = tintin_replay_count(l->replay, (uint16_t)c, &held);

		if (count > 0 && held < HELD_LEAST && !l->classes[c].known) {
			return true;
		}
	}
	return false;
}

/* The guard waits for a new class, whose gain is to stand beside what it costs the others. */
static bool burst_full(const struct tintin_learner *l)
{
	uint32_t burst = l->state->burst;

	if (!tt_guarded(l)) {
		return false;
	}
	return (l->state->flags & TT_FLAG_STRICT) != 0 || burst >= l->options.burst * WAIT_MOST ||
	       (burst >= l->options.burst && !newcomer(l));
}

static bool pull_due(const struct tintin_learner *l)
{
	return (l->state->flags & TT_FLAG_ANCHORED) != 0 &&
	       l->state->since_pull >= l->options.pull_every;
}

static bool work_due(const struct tintin_learner *l)
{
	return l->net->phase != 0 || l->state->cursor != 0 || pull_due(l) || burst_full(l) ||
	       l->state->replays > 0;
}

static bool in_budget(const struct tintin_learner *l)
{
	return l->options.budget == 0 || l->state->used < l->options.budget;
}

/* The budget and the application have a say. */
static bool permitted(struct tintin_learner *l, enum tintin_work work)
{
	bool yes = in_budget(l) &&
		   (l->hooks.permit == NULL || l->hooks.permit(l->hooks.context, work));

	if (!yes) {
		l->state->counters.refused++;
		tt_learner_tell(l, TINTIN_EVENT_REFUSED, work);
	}
	return yes;
}

/* Nothing is learned that could not be judged: one class alone teaches to say always that. */
static bool judgeable(const struct tintin_learner *l)
{
	return !tt_guarded(l) || l->options.guard.evidence == 0 ||
	       (l->replay->held >= l->options.guard.evidence &&
		tintin_replay_present(l->replay) >= 2);
}

/* Steps from the buffer, where there is one and the method uses it. */
static uint16_t replay_later(struct tintin_learner *l, enum tintin_work work, uint16_t steps)
{
	struct tintin_learner_state *s = l->state;
	uint32_t due = (uint32_t)s->replays + steps;

	if (!tt_method(l)->replays || l->replay == NULL || steps == 0 ||
	    l->replay->count == l->replay->held || !judgeable(l) || !permitted(l, work)) {
		return 0;
	}
	s->replays = (uint16_t)(due < UINT16_MAX ? due : UINT16_MAX);
	return steps;
}

static void on_drift(struct tintin_learner *l)
{
	if (l->replay != NULL) {
		tintin_replay_renew(l->replay);
	}
	if (tt_method(l)->pulls) {
		tt_ewc_anchor(l);
	}
	(void)replay_later(l, TINTIN_WORK_DRIFT, l->options.drift_steps);
}

static void watch(struct tintin_learner *l, enum tintin_signal signal, int32_t x)
{
	if (tintin_drift_update(&l->state->drift[signal], &l->options.drift[signal], x)) {
		l->state->counters.alarms[signal]++;
		tt_learner_tell(l, TINTIN_EVENT_DRIFT, signal);
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
	bool known = l->classes[lesson->label].known != 0;
	bool hit = known && lesson->answer.prediction.label == lesson->label;
	uint16_t loss = known ? lesson->answer.loss : UINT16_MAX;

	tintin_replay_note(l->replay, lesson->slot.index)->before = tintin_guard_note(loss, hit);
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

	if (!held && judgeable(l) && permitted(l, TINTIN_WORK_LABEL)) {
		l->state->flags |= TT_FLAG_FRESH;
		(void)tintin_learn_begin(l->net, lesson->x, tintin_input_length(l->net),
					 lesson->label);
	}
	(void)replay_later(l, TINTIN_WORK_REPLAY, l->options.replays);
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
	if (label != TINTIN_NO_LABEL && work_due(l)) {
		return -EBUSY;
	}
	return 0;
}

int tintin_learner_teach(struct tintin_learner *l, const int8_t *x, size_t n, uint16_t label,
			 struct tintin_prediction *before)
{
	struct lesson lesson = {.x = x, .label = label};
	int error = check_sample(l, n, label);

	error = error ? error : take_in(l, &lesson);
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
	return work_due(l) ? 0 : replay_later(l, TINTIN_WORK_IDLE, l->options.idle_steps);
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

static void begin_replay(struct tintin_learner *l)
{
	struct tintin_learner_state *s = l->state;
	struct tintin_slot slot;
	int error = in_budget(l) ? tintin_replay_draw(l->replay, &slot) : -EBUSY;

	s->replays--;
	if (error) {
		s->replays = 0;
		return;
	}
	s->flags &= (uint8_t)~TT_FLAG_FRESH;
	s->counters.replayed++;
	if (tt_method(l)->latent) {
		(void)tintin_learn_from(l->net, slot.x, l->replay->shape.length, slot.label);
	} else {
		(void)tintin_learn_begin(l->net, slot.x, l->replay->shape.length, slot.label);
	}
}

static void count_step(struct tintin_learner *l)
{
	struct tintin_learner_state *s = l->state;

	s->flags |= TT_FLAG_MOVED;
	s->counters.steps++;
	s->burst += s->burst < UINT16_MAX;
	s->used += s->used < UINT16_MAX;
	s->since_pull += s->since_pull < UINT8_MAX;
}

/* A closed class opens; one that opened lately goes on to the mean of its first samples. */
static void open_class(struct tintin_learner *l)
{
	uint16_t label = l->net->label;
	struct tintin_class *k = &l->classes[label];
	bool fresh = (l->state->flags & TT_FLAG_FRESH) != 0;

	if (!tintin_class_is_open(l->net, label)) {
		if (tt_method(l)->pulls) {
			tt_ewc_anchor(l);
		}
		k->learned = 1;
		(void)tintin_class_imprint(l->net, l->options.imprint > 0 ? 1 : 0);
		tt_learner_tell(l, TINTIN_EVENT_OPENED, label);
	} else if (fresh && k->learned > 0 && k->learned < l->options.imprint) {
		(void)tintin_class_imprint(l->net, ++k->learned);
	}
}

static void learn_mean(struct tintin_learner *l)
{
	struct tintin_class *k = &l->classes[l->net->label];

	if (!tintin_class_is_open(l->net, l->net->label)) {
		k->learned = 0;
		tt_learner_tell(l, TINTIN_EVENT_OPENED, l->net->label);
	}
	k->learned += k->learned < l->options.memory;
	(void)tintin_class_mean(l->net, k->learned);
}

static void step_slice(struct tintin_learner *l)
{
	unsigned int after_forward = tt_layers(l->net) + 1u;

	if (l->net->phase == after_forward) {
		if (tt_method(l)->means) {
			learn_mean(l);
			count_step(l);
			return;
		}
		open_class(l);
	} else if (l->net->phase > after_forward && tt_method(l)->pulls) {
		tt_ewc_watch(l);
	}
	if (tintin_learn_slice(l->net) == 0) {
		count_step(l);
	}
}

/* One layer; behind the last the next steps are counted from 0. */
static void pull_slice(struct tintin_learner *l)
{
	unsigned int at = l->state->since_pull - l->options.pull_every;

	if (at < tt_layers(l->net)) {
		tt_ewc_pull(l, at);
		l->state->since_pull++;
	}
	if (at + 1u >= tt_layers(l->net)) {
		l->state->since_pull = 0;
	}
}

int tintin_learner_slice(struct tintin_learner *l)
{
	if (l->net->phase != 0) {
		step_slice(l);
	} else if (l->state->cursor != 0) {
		tt_judge_slice(l);
	} else if (pull_due(l)) {
		pull_slice(l);
	} else if (burst_full(l)) {
		tt_judge_begin(l);
	} else if (l->state->replays > 0) {
		begin_replay(l);
	}
	return work_due(l);
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
