/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is due, and doing it slice by slice, in this order: the learning step under way, a judgement
 * under way, a pull (ewc), a full burst's judgement, steps from the buffer.
 */
#include "layer.h"

#if TINTIN_TRAINING

#include <tintin/error.h>

#include "learner.h"
#include "network.h"

#define HELD_LEAST 2  /* held-out samples by which a new class can be judged */
#define WAIT_MOST  4u /* bursts that the guard waits for them */

/* Is a class being learned that the guard could not miss: new, and hardly a sample held out? */
static bool newcomer(const struct tintin_learner *l)
{
	for (uint32_t c = 0; c < l->state->classes; c++) {
		uint16_t held, count = tintin_replay_count(l->replay, (uint16_t)c, &held);

		if (count > 0 && held < HELD_LEAST && !l->classes[c].held.known) {
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

bool tt_work_due(const struct tintin_learner *l)
{
	return l->net->phase != 0 || l->state->cursor != 0 || pull_due(l) || burst_full(l) ||
	       l->state->replays > 0;
}

static bool in_budget(const struct tintin_learner *l)
{
	return l->options.budget == 0 || l->state->used < l->options.budget;
}

/* The budget and the application have a say. */
bool tt_permitted(struct tintin_learner *l, enum tintin_work work)
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
bool tt_judgeable(const struct tintin_learner *l)
{
	return !tt_guarded(l) || l->options.guard.evidence == 0 ||
	       (l->replay->held >= l->options.guard.evidence &&
		tintin_replay_present(l->replay) >= 2);
}

/* Steps from the buffer, where there is one and the method uses it. */
uint16_t tt_replay_later(struct tintin_learner *l, enum tintin_work work, uint16_t steps)
{
	struct tintin_learner_state *s = l->state;
	uint32_t due = (uint32_t)s->replays + steps;

	if (!tt_method(l)->replays || l->replay == NULL || steps == 0 ||
	    l->replay->count == l->replay->held || !tt_judgeable(l) || !tt_permitted(l, work)) {
		return 0;
	}
	s->replays = (uint16_t)(due < UINT16_MAX ? due : UINT16_MAX);
	return steps;
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
	s->since_anchor += s->since_anchor < UINT16_MAX;
}

/* A closed class opens; one that opened lately goes on to the mean of its first samples. */
static void open_class(struct tintin_learner *l)
{
	uint16_t label = l->net->label;
	struct tintin_class *k = &l->classes[label];
	bool fresh = (l->state->flags & TT_FLAG_FRESH) != 0;
	uint8_t imprint = tt_method(l)->pulls ? 0 : l->options.imprint;

	if (!tintin_class_is_open(l->net, label)) {
		if (tt_method(l)->pulls) {
			tt_ewc_anchor(l);
		}
		k->learned = 1;
		l->state->burst = 0; /* the guard gives it a whole burst to settle in */
		(void)tintin_class_imprint(l->net, imprint > 0 ? 1 : 0);
		tt_learner_tell(l, TINTIN_EVENT_OPENED, label);
	} else if (fresh && k->learned > 0 && k->learned < imprint) {
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

/* After the loss: the last layer's output is the error, p - 1 of the label, times the rate's mantissa. */
static bool doubted(const struct tintin_learner *l)
{
	const struct tintin *net = l->net;
	const int32_t *error = (const int32_t *)(net->arena + net->layer[tt_layers(net) - 1u].out);

	return l->state->guard.sceptical &&
	       tt_doubts(l, net->label,
			 (uint16_t)(32768 + error[net->label] / net->rate.mantissa));
}

/* Only a sample of the buffer comes so far: a new one was looked at before it was stored. */
static void leave_out(struct tintin_learner *l)
{
	l->net->phase = 0;
	l->state->counters.doubted++;
	l->state->counters.replayed--;
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
		if (tt_method(l)->pulls) {
			tt_ewc_compete(l);
		}
	} else if (l->net->phase > after_forward && tt_method(l)->pulls) {
		tt_ewc_watch(l);
	}
	if (tintin_learn_slice(l->net) == 0) {
		count_step(l);
	} else if (l->net->phase == after_forward + 1u && doubted(l)) {
		leave_out(l);
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
	return tt_work_due(l);
}

#endif
