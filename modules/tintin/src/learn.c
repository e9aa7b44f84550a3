/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A learning step as a sequence of slices, so that one sample's work can be spread over time:
 *
 *   phase 1 .. n         forward, layer phase - 1
 *   phase n + 1          softmax, loss
 *   phase n + 2 .. 2n+1  backward and update, layer 2n + 1 - phase, down to the first that learns
 */
#include "layer.h"

#if TINTIN_TRAINING

#include <tintin/error.h>

#include "loss.h"
#include "master.h"
#include "network.h"
#include "scale.h"

#define LOOK_EVERY 64u /* steps between two looks at the largest weight, for the step cap */

static const int8_t *input_of(const struct tintin *net, unsigned int l)
{
	return (const int8_t *)net->arena + (l == 0 ? net->input : net->layer[l - 1].out);
}

static int16_t input_exp(const struct tintin *net, unsigned int l)
{
	return l == 0 ? net->record->input_exp : net->layer[l - 1].out_exp;
}

static void forward(struct tintin *net, unsigned int l)
{
	struct tt_view v = tt_view_of(net, l, TT_LEARN);
	struct tt_layer *layer = &net->layer[l];
	struct tt_forward f = {
		.in = input_of(net, l),
		.in_exp = input_exp(net, l),
		.out = net->arena + layer->out,
	};

	if (layer->trained && net->step % LOOK_EVERY == 0) {
		layer->state.weight_bits = tt_master_bits(&v);
	}
	tt_op_of(v.entry->kind)->forward(&v, &f);
	layer->out_exp = f.out_exp;
	if (l >= net->first && !v.last && v.entry->kind != TINTIN_MAX_POOL) {
		tt_scale_move(&layer->state.activation, f.span, TT_TOLERANCE_ACTIVATION);
	}
}

static void backward(struct tintin *net, unsigned int l)
{
	struct tt_view v = tt_view_of(net, l, TT_LEARN);
	const struct tt_op *op = tt_op_of(v.entry->kind);
	uint32_t error = v.last ? net->error : net->layer[l + 1].in_error;
	struct tt_backward b = {
		.in = input_of(net, l),
		.in_exp = input_exp(net, l),
		.error = (const int8_t *)net->arena + error,
		.error_exp = net->error_exp,
		.in_error = (int8_t *)net->arena + net->layer[l].in_error,
		.rate_shift = net->rate.shift,
		.batch_log2 = net->options.batch_log2,
		.rng = &net->rng,
	};

	if (l > net->first) { /* before the update: the error passes through the weights it came by */
		op->backward(&v, &b);
		net->error_exp = b.in_error_exp;
		if (v.entry->kind != TINTIN_MAX_POOL) {
			tt_scale_move(&v.state->error, b.span, TT_TOLERANCE_ERROR);
		}
	}
	if (net->layer[l].trained) {
		op->update(&v, &b);
	}
}

static void apply_batch(struct tintin *net)
{
	for (unsigned int l = tt_layers(net); l-- > net->first;) {
		if (net->layer[l].trained) {
			struct tt_view v = tt_view_of(net, l, TT_LEARN);

			tt_batch_apply(&v, &net->rng);
		}
	}
	net->batched = 0;
}

static int finish(struct tintin *net)
{
	net->phase = 0;
	net->step++;
	if (net->options.batch_log2 > 0 && ++net->batched == 1u << net->options.batch_log2) {
		apply_batch(net);
	}
	return 0;
}

/* @return false when the sample was predicted so well that no error is left in int8 */
static bool judge(struct tintin *net)
{
	const struct tt_layer *last = &net->layer[tt_layers(net) - 1];
	struct tt_loss loss = {
		.probability = (int32_t *)(net->arena + last->out),
		.n = net->record->classes,
		.label = net->label,
		.rate_mantissa = net->rate.mantissa,
	};
	bool any;

	net->before = tt_softmax(loss.probability, loss.n, last->out_exp);
	net->error_exp = tt_loss_error(&loss, (int8_t *)net->arena + net->error, &any);
	return any;
}

int tintin_learn_begin(struct tintin *net, const int8_t *x, size_t n, uint16_t label)
{
	if (n != tintin_input_length(net)) {
		return -EINVAL;
	}
	if (label >= net->record->classes) {
		return -EDOM;
	}
	if (net->first >= tt_layers(net)) {
		return -EPERM;
	}
	if (net->phase != 0) {
		return -EBUSY;
	}
	tt_copy_rows((int8_t *)net->arena + net->input, x,
		     &(struct tt_window){.n = (uint32_t)n, .rows = 1});
	net->label = label;
	net->phase = 1;
	return 0;
}

int tintin_learn_slice(struct tintin *net)
{
	unsigned int n = tt_layers(net);
	unsigned int phase = net->phase;

	if (phase == 0) {
		return 0;
	}
	if (phase <= n) {
		forward(net, phase - 1);
	} else if (phase == n + 1) {
		if (!judge(net)) {
			return finish(net);
		}
	} else {
		unsigned int l = 2 * n + 1 - phase;

		backward(net, l);
		if (l == net->first) {
			return finish(net);
		}
	}
	net->phase++;
	return 1;
}

int tintin_learn(struct tintin *net, const int8_t *x, size_t n, uint16_t label,
		 struct tintin_prediction *before)
{
	int error = tintin_learn_begin(net, x, n, label);

	if (error) {
		return error;
	}
	while (tintin_learn_slice(net)) {
	}
	if (before != NULL) {
		*before = net->before;
	}
	return 0;
}

int tintin_learn_flush(struct tintin *net)
{
	if (net->phase != 0) {
		return -EBUSY;
	}
	if (net->batched > 0) {
		apply_batch(net);
	}
	return 0;
}

#endif
