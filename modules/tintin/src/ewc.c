/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pull to earlier weights by importance. The diagonal Fisher information of a layer's weights is
 * taken as a product (as Kronecker-factored Laplace approximations do: Ritter et al., NeurIPS
 * 2018): importance of w[o,k] = mean |e_o| * mean |a_k|, relative to the layer's largest. So it
 * takes 4 bytes an output and an input, not one a weight. And only classes that had a label lately are
 * weighed against each other, so that those of old are not pushed down. LEARNER.md, "ewc".
 *
 * Of each trained layer, in the learner's memory:
 *   lately e [O] u16 | lately a [I] u16 | held e [O] u8 | held a [I] u8 | E_w, padding | w8 [O][K]
 */
#include "layer.h"

#if TINTIN_TRAINING

#include <string.h>

#include <tintin/probe.h>

#include "kernels/master.h"
#include "learner.h"
#include "master.h"
#include "network.h"
#include "random.h"

#define ERROR_EXP   (-15) /* unit of the mean |e| */
#define MEAN_LOG2   6     /* a mean follows the last 64 samples */
#define LEVEL_BITS  8     /* of an importance factor */
#define LATELY      16    /* labels for which a class competes after one of its own */
#define NO_LOGIT    (-(1 << 30))

/* A layer's part of the memory. Inputs are those of a dense layer, the channels of a convolution. */
struct importance {
	uint16_t *error, *input;     /* means, lately */
	uint8_t *held_error, *held_input; /* relative to the largest, 0..255 */
	int8_t *weight_exp;
	int8_t *anchor;
	uint32_t outputs, inputs, weights;
};

static uint32_t bytes_of(const struct importance *i)
{
	return tt_align4(3u * (i->outputs + i->inputs) + 1u) + tt_align4(i->weights);
}

/* @p at is where the part begins; its end is at + bytes_of(). */
static struct importance part(const struct tintin *net, unsigned int l, uint8_t *at)
{
	const struct tt_layer *layer = &net->layer[l];
	struct importance i = {.outputs = tt_entries(net->record)[l].out.c};
	bool dense = tt_entries(net->record)[l].kind == TINTIN_DENSE;

	i.inputs = dense ? layer->fan_in : layer->in.c;
	i.weights = layer->fan_in * i.outputs;
	if (at != NULL) {
		i.error = (uint16_t *)at;
		i.input = i.error + i.outputs;
		i.held_error = (uint8_t *)(i.input + i.inputs);
		i.held_input = i.held_error + i.outputs;
		i.weight_exp = (int8_t *)(i.held_input + i.inputs);
		i.anchor = (int8_t *)at + tt_align4(3u * (i.outputs + i.inputs) + 1u);
	}
	return i;
}

uint32_t tt_ewc_size(const struct tintin *net)
{
	uint32_t bytes = 0;

	for (unsigned int l = 0; l < tt_layers(net); l++) {
		if (net->layer[l].trained) {
			struct importance i = part(net, l, NULL);

			bytes += bytes_of(&i);
		}
	}
	return bytes;
}

/* The part of layer @p l, which learns. */
static struct importance part_of(const struct tintin_learner *learner, unsigned int l)
{
	uint8_t *at = learner->importance;

	for (unsigned int i = 0; i < l; i++) {
		if (learner->net->layer[i].trained) {
			struct importance below = part(learner->net, i, NULL);

			at += bytes_of(&below);
		}
	}
	return part(learner->net, l, at);
}

/* mean[i] follows the mean of |x| over the positions of an [positions][n] tensor, in 2^-shift. */
static void follow(uint16_t *mean, const int8_t *x, uint32_t n, uint32_t positions, int shift)
{
	for (uint32_t i = 0; i < n; i++) {
		uint32_t sum = 0;
		int32_t now;

		for (uint32_t p = 0; p < positions; p++) {
			sum += tt_abs(x[p * n + i]);
		}
		now = tt_limit(tt_round((int32_t)(sum / positions), shift), 0, UINT16_MAX);
		mean[i] = (uint16_t)(mean[i] + ((now - mean[i]) >> MEAN_LOG2));
	}
}

void tt_ewc_watch(struct tintin_learner *learner)
{
	struct tintin *net = learner->net;
	unsigned int l = 2u * tt_layers(net) + 1u - net->phase;
	const struct tt_layer *layer = &net->layer[l];
	struct tintin_shape out = tt_entries(net->record)[l].out;
	struct tintin_tensor error;
	struct importance i;
	const int8_t *in;

	if (!layer->trained || tintin_probe_error(net, &error) != 0) {
		return;
	}
	i = part_of(learner, l);
	in = (const int8_t *)net->arena + (l == 0 ? net->input : net->layer[l - 1].out);
	follow(i.error, error.data, i.outputs, (uint32_t)out.h * out.w, ERROR_EXP - error.exp);
	follow(i.input, in, i.inputs, tt_volume(layer->in) / i.inputs, -LEVEL_BITS);
}

void tt_ewc_compete(struct tintin_learner *learner)
{
	struct tintin *net = learner->net;
	int32_t *logit = (int32_t *)(net->arena + net->layer[tt_layers(net) - 1u].out);

	learner->classes[net->label].lately = LATELY + 1u;
	for (uint32_t c = 0; c < learner->state->classes; c++) {
		struct tintin_class *k = &learner->classes[c];

		k->lately -= k->lately > 0;
		if (k->lately == 0) {
			logit[c] = NO_LOGIT;
		}
	}
}

/* What was important stays so; what is lately becomes so. */
static void consolidate(uint8_t *held, const uint16_t *lately, uint32_t n)
{
	uint32_t most = 1;

	for (uint32_t i = 0; i < n; i++) {
		most = lately[i] > most ? lately[i] : most;
	}
	for (uint32_t i = 0; i < n; i++) {
		uint8_t level = (uint8_t)(lately[i] * 255u / most);

		held[i] = level > held[i] ? level : held[i];
	}
}

void tt_ewc_anchor(struct tintin_learner *learner)
{
	struct tintin *net = learner->net;

	if (learner->state->since_anchor < 1u << MEAN_LOG2) {
		return; /* nothing is known yet of what is important */
	}
	learner->state->since_anchor = 0;
	for (unsigned int l = 0; l < tt_layers(net); l++) {
		if (net->layer[l].trained) {
			struct importance i = part_of(learner, l);
			struct tt_view v = tt_view_of(net, l, TT_LEARN);

			consolidate(i.held_error, i.error, i.outputs);
			consolidate(i.held_input, i.input, i.inputs);
			memcpy(i.anchor, v.weight, i.weights);
			*i.weight_exp = v.state->weight_exp;
		}
	}
	learner->state->flags |= TT_FLAG_ANCHORED;
	learner->state->since_pull = 0;
}

/* m -= (m - anchor) * importance, rounded without bias. */
static void pull_row(const struct tt_view *v, const struct importance *i, uint32_t o,
		     struct tt_rounding *r)
{
	struct tt_row row = tt_master_row(v, o);
	int32_t half = tt_master_half(row.planes.bits);
	int up = row.planes.bits - (v->state->weight_exp - *i->weight_exp);
	uint32_t carry = tt_carry_begin(r->rng, r->shift);

	for (uint32_t k = 0, c = 0; k < row.n; k++) {
		uint32_t at = row.first + k;
		int32_t level = i->held_error[o] * i->held_input[c] >> LEVEL_BITS;
		int32_t away = tt_master_load(row.planes, at) - half - tt_round(i->anchor[at], -up);

		r->limited |= tt_master_step(row.planes, at,
					     tt_round_carrying(away * level, r->shift, &carry));
		c = c + 1u < i->inputs ? c + 1u : 0;
	}
}

void tt_ewc_pull(struct tintin_learner *learner, unsigned int at)
{
	struct tintin *net = learner->net;
	struct importance i;
	struct tt_view v;
	struct tt_rounding r = {
		.rng = &net->rng,
		.shift = LEVEL_BITS + learner->options.pull_log2,
	};

	if (!net->layer[at].trained) {
		return;
	}
	i = part_of(learner, at);
	v = tt_view_of(net, at, TT_LEARN);
	for (uint32_t o = 0; o < i.outputs; o++) {
		if (i.held_error[o] > 0) {
			pull_row(&v, &i, o, &r);
		}
	}
	if (r.limited) {
		tt_rescale(&v);
	}
}

#endif
