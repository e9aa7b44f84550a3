/* SPDX-License-Identifier: Apache-2.0 */
/* Learning from the activations at the lowest layer that learns; what a learning step may be asked. */
#include "latent.h"

#include <string.h>

#include <tintin/error.h>

#include "network.h"

#define RECIPROCAL_BITS 22 /* avg_pool.c: a mean is a sum times 2^22 / n */

unsigned int tt_latent_layer(const struct tintin *net)
{
	return net->first < tt_layers(net) ? net->first : 0;
}

size_t tintin_latent_length(const struct tintin *net)
{
	return tt_volume(net->layer[tt_latent_layer(net)].in);
}

/* Exponent of a layer's output, as its forward pass finds it. */
static int16_t exp_after(const struct tintin *net, unsigned int l, int16_t in_exp)
{
	const struct tintin_layer_state *state = &net->layer[l].state;
	int factor = state->weight_exp;

	switch (tt_entries(net->record)[l].kind) {
	case TINTIN_MAX_POOL:
		return in_exp;
	case TINTIN_AVG_POOL:
		factor = -RECIPROCAL_BITS;
		break;
	default:
		break;
	}
	return tt_exp(tt_exp(in_exp + factor) + state->activation.shift);
}

int16_t tt_latent_exp(const struct tintin *net)
{
	int16_t exp = net->record->input_exp;

	for (unsigned int l = 0; l < tt_latent_layer(net); l++) {
		exp = exp_after(net, l, exp);
	}
	return exp;
}

const struct tintin_header *tintin_get_header(const struct tintin *net)
{
	return net->record;
}

uint32_t tintin_get_step(const struct tintin *net)
{
	return net->step;
}

struct tintin_rate tintin_get_rate(const struct tintin *net)
{
	return net->rate;
}

struct tintin_prediction tintin_get_before(const struct tintin *net)
{
	return net->before;
}

#if TINTIN_TRAINING

int tintin_learn_from(struct tintin *net, const int8_t *latent, size_t n, uint16_t label)
{
	unsigned int first = net->first;

	if (n != tintin_latent_length(net)) {
		return -EINVAL;
	}
	if (label >= net->record->classes) {
		return -EDOM;
	}
	if (first >= tt_layers(net)) {
		return -EPERM;
	}
	if (net->phase != 0) {
		return -EBUSY;
	}
	if (first == 0) {
		memcpy(net->arena + net->input, latent, n);
	} else {
		memcpy(net->arena + net->layer[first - 1].out, latent, n);
		net->layer[first - 1].out_exp = tt_latent_exp(net);
	}
	net->label = label;
	net->phase = (uint8_t)(first + 1u);
	return 0;
}

#endif
