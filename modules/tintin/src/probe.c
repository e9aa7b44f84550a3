/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/error.h>
#include <tintin/probe.h>

#include "network.h"

int tintin_probe_activation(const struct tintin *net, unsigned int l, struct tintin_tensor *out)
{
	if (l + 1u >= tt_layers(net) || net->phase <= l + 1u) {
		return -EINVAL;
	}
	*out = (struct tintin_tensor){
		.data = (const int8_t *)net->arena + net->layer[l].out,
		.n = tt_volume(tt_entries(net->record)[l].out),
		.exp = net->layer[l].out_exp,
	};
	return 0;
}

int tintin_probe_error(const struct tintin *net, struct tintin_tensor *out)
{
	unsigned int n = tt_layers(net);
	unsigned int l = 2 * n + 1 - net->phase;

	if (net->phase < n + 2u) {
		return -EINVAL;
	}
	*out = (struct tintin_tensor){
		.data = (const int8_t *)net->arena +
			(l + 1u == n ? net->error : net->layer[l + 1].in_error),
		.n = tt_volume(tt_entries(net->record)[l].out),
		.exp = net->error_exp,
	};
	return 0;
}

int tintin_probe_logits(const struct tintin *net, const int32_t **logits, int16_t *exp)
{
	unsigned int n = tt_layers(net);

	if (net->phase != n + 1u) {
		return -EINVAL;
	}
	*logits = (const int32_t *)(net->arena + net->layer[n - 1].out);
	*exp = net->layer[n - 1].out_exp;
	return 0;
}

unsigned int tintin_probe_phase(const struct tintin *net)
{
	return net->phase;
}

int tintin_probe_weights(const struct tintin *net, unsigned int l, struct tintin_weights *out)
{
	struct tt_view v;

	if (l >= tt_layers(net) || !tt_has_weights(&tt_entries(net->record)[l])) {
		return -EINVAL;
	}
	v = tt_view_of(net, l, TT_PREDICT);
	*out = (struct tintin_weights){
		.weight = v.weight,
		.fraction = v.fraction,
		.bias = v.bias,
		.state = *v.state,
	};
	return 0;
}
