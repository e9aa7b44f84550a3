/* SPDX-License-Identifier: Apache-2.0 */
/* A burst of learning before the guard: evidence sample by sample, then what the verdict asks for. */
#include "layer.h"

#if TINTIN_TRAINING

#include <tintin/error.h>
#include <tintin/probe.h>

#include "learner.h"
#include "network.h"

#define RATE_SHIFT_MAX 24

void tt_learner_tell(struct tintin_learner *l, enum tintin_event_kind kind, int32_t value)
{
	struct tintin_event event = {
		.kind = (uint8_t)kind,
		.value = value,
		.observed = l->state->counters.observed,
		.step = l->net->step,
	};

	if (l->hooks.event != NULL) {
		l->hooks.event(l->hooks.context, &event);
	}
}

void tt_learner_apply_rate(struct tintin_learner *l)
{
	struct tintin_rate rate = l->state->rate;
	int shift = rate.shift + l->state->guard.slow;

	rate.shift = (int8_t)(shift < RATE_SHIFT_MAX ? shift : RATE_SHIFT_MAX);
	l->net->rate = rate;
}

int16_t tt_learner_exponents(const struct tintin_learner *l)
{
	int16_t sum = 0;

	for (unsigned int i = 0; i < tt_layers(l->net); i++) {
		sum += l->net->layer[i].trained ? l->net->layer[i].state.weight_exp : 0;
	}
	return sum;
}

static void failed(struct tintin_learner *l, int error)
{
	l->state->counters.failures++;
	tt_learner_tell(l, TINTIN_EVENT_FAILED, error);
}

void tt_learner_know(struct tintin_learner *l)
{
	for (uint32_t c = 0; c < l->state->classes; c++) {
		l->classes[c].held.known = tintin_class_is_open(l->net, (uint16_t)c);
	}
}

void tt_learner_keep(struct tintin_learner *l)
{
	int error = 0;

	/* The state as it will be, before the application is called: it may store it. */
	l->state->counters.kept++;
	tt_learner_know(l);
	l->state->flags &= (uint8_t) ~(TT_FLAG_MOVED | TT_FLAG_UNKEPT);
	if (l->hooks.keep != NULL) {
		error = l->hooks.keep(l->hooks.context);
	}
	if (error) {
		l->state->counters.kept--;
		l->state->flags |= TT_FLAG_MOVED | TT_FLAG_UNKEPT;
		failed(l, error);
	}
}

bool tt_doubts(const struct tintin_learner *l, uint16_t label, uint16_t probability)
{
	return tt_guarded(l) && l->classes[label].held.known != 0 &&
	       tintin_guard_doubts(&l->state->guard, &l->options.guard, probability);
}

void tt_judge_begin(struct tintin_learner *l)
{
	l->state->cursor = 1;
	l->state->evidence = (struct tintin_evidence){0};
	for (uint32_t c = 0; c < l->state->classes; c++) {
		l->classes[c].held =
			(struct tintin_class_evidence){.known = l->classes[c].held.known};
	}
}

static void judge_sample(struct tintin_learner *l, const struct tintin_slot *slot)
{
	struct tintin_note *note = tintin_replay_note(l->replay, slot->index);
	struct tintin_question question = {
		.x = slot->x,
		.n = l->replay->shape.length,
		.latent = tt_method(l)->latent,
		.label = slot->label,
	};
	struct tintin_answer answer;

	if (tintin_ask(l->net, &question, &answer) != 0) {
		return;
	}
	note->after = tintin_guard_note(answer.probability, answer.prediction.label == slot->label);
	l->state->counters.judged++;
	if ((l->state->flags & TT_FLAG_REVIEW) != 0) {
		note->before = note->after;
		return;
	}
	tintin_guard_count(&l->classes[slot->label].held, note->before, note->after);
	l->classes[answer.prediction.label].held.predicted++;
}

bool tt_newcomers(const struct tintin_learner *l)
{
	bool any = false;

	for (uint32_t c = 0; c < l->state->classes; c++) {
		any |= !l->classes[c].held.known && tintin_class_is_open(l->net, (uint16_t)c);
	}
	return any;
}

/* Sum up the classes. A class that all samples are taken for, with hits lost by it, is a collapse. */
static void sum_up(struct tintin_learner *l)
{
	struct tintin_evidence *e = &l->state->evidence;

	for (uint32_t c = 0; c < l->state->classes; c++) {
		tintin_guard_sum(e, &l->classes[c].held);
	}
	for (uint32_t c = 0; c < l->state->classes; c++) {
		e->collapsed |= l->classes[c].held.predicted == e->samples && e->lost > 0;
	}
}

/* What is good now is what the next bursts are compared with. */
static void commit_notes(struct tintin_learner *l)
{
	struct tintin_slot slot;

	for (uint32_t i = 0; tintin_replay_held(l->replay, (uint16_t)i, &slot) == 0;
	     i = slot.index + 1u) {
		struct tintin_note *note = tintin_replay_note(l->replay, slot.index);

		note->before = note->after;
	}
}

static void keep(struct tintin_learner *l, uint8_t slow_before)
{
	tt_learner_keep(l);
	if ((l->state->flags & TT_FLAG_UNKEPT) == 0) {
		tt_learner_tell(l, TINTIN_EVENT_KEPT, l->state->evidence.loss);
	}
	if (l->state->guard.slow < slow_before) {
		tt_learner_tell(l, TINTIN_EVENT_RECOVERED, l->state->guard.slow);
	}
}

/* The state that was kept last, where the application can bring it back. Samples that came since
 * were noted by the state that is undone: what they are compared with is noted anew. */
static void roll_back(struct tintin_learner *l)
{
	int error = l->hooks.restore != NULL ? l->hooks.restore(l->hooks.context) : 0;

	l->state->counters.rollbacks++;
	l->state->flags &= (uint8_t)~TT_FLAG_MOVED;
	l->state->replays = 0;
	tt_learner_apply_rate(l); /* the restored record has the rate of its day */
	l->state->exponents = tt_learner_exponents(l);
	tt_learner_know(l);
	l->state->flags |= TT_FLAG_REVIEW;
	l->state->cursor = 1;
	if (error) {
		failed(l, error);
	}
	tt_learner_tell(l, TINTIN_EVENT_ROLLED_BACK, l->state->guard.cause);
}

static void decide(struct tintin_learner *l)
{
	struct tintin_learner_state *s = l->state;
	bool strict = (s->flags & TT_FLAG_STRICT) != 0;
	uint8_t slow = s->guard.slow;
	int16_t exponents = tt_learner_exponents(l);
	enum tintin_verdict verdict;

	s->evidence.rescales = (uint16_t)(exponents > s->exponents ? exponents - s->exponents : 0);
	sum_up(l);
	s->evidence.opened = tt_newcomers(l);
	if (strict) {
		s->guard.watched = l->options.guard.patience;
	}
	verdict = tintin_guard_judge(&s->guard, &l->options.guard, &s->evidence);
	/* All of the state before the application is called: it may store it. */
	s->exponents = exponents;
	s->flags &= (uint8_t)~TT_FLAG_STRICT;
	s->cursor = 0;
	s->burst = 0;
	s->counters.bursts++;
	tt_learner_apply_rate(l);
	if (verdict == TINTIN_KEEP) {
		commit_notes(l);
	}
	if (verdict == TINTIN_ROLL_BACK) {
		roll_back(l);
	} else if (verdict != TINTIN_WATCH) {
		keep(l, slow);
	}
}

static void finish(struct tintin_learner *l)
{
	if ((l->state->flags & TT_FLAG_REVIEW) == 0) {
		decide(l);
		return;
	}
	l->state->flags &= (uint8_t) ~(TT_FLAG_REVIEW | TT_FLAG_UNKEPT);
	l->state->cursor = 0;
}

void tt_judge_slice(struct tintin_learner *l)
{
	struct tintin_slot slot;

	if (tintin_replay_held(l->replay, (uint16_t)(l->state->cursor - 1u), &slot) != 0) {
		finish(l);
		return;
	}
	judge_sample(l, &slot);
	l->state->cursor = (uint16_t)(slot.index + 2u);
}

#endif
