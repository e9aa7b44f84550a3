/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/error.h>

#include "network.h"
#include "pool_index.h"

static void count_weights(const struct tt_view *v, struct tintin_layer_info *info)
{
	uint32_t weights = v->fan_in * v->out.c;
	uint32_t planes = tt_weights_bytes(weights) + v->out.c * (uint32_t)sizeof(int32_t);

	info->parameters = weights + v->out.c;
	info->macs = weights * v->out.h * v->out.w;
	info->flash = planes + (v->fraction ? tt_fraction_bytes(v->entry, weights) : 0);
	if (info->trained) {
		info->arena_weights = planes + tt_fraction_bytes(v->entry, weights);
	}
	if (v->gradient != NULL) {
		info->arena_weights += info->parameters * (uint32_t)sizeof(int32_t);
	}
}

int tintin_layer_info(const struct tintin *net, unsigned int l, struct tintin_layer_info *info)
{
	struct tt_view v;
	const struct tt_layer *layer;

	if (l >= tt_layers(net)) {
		return -EINVAL;
	}
	v = tt_view_of(net, l, TT_LEARN);
	layer = &net->layer[l];
	*info = (struct tintin_layer_info){
		.kind = (enum tintin_kind)v.entry->kind,
		.relu = (v.entry->flags & TINTIN_LAYER_RELU) != 0,
		.bounded = (v.entry->flags & TINTIN_LAYER_BOUNDED) != 0,
		.trained = layer->trained,
		.fraction_bits = v.entry->fraction_bits,
		.in = v.in,
		.out = v.out,
		.kernel_h = v.entry->kernel_h,
		.kernel_w = v.entry->kernel_w,
	};
	if (tt_has_weights(v.entry)) {
		count_weights(&v, info);
	}
	if (layer->trained) {
		info->macs_backward = info->macs;
	}
	if (l > net->first) {
		info->macs_backward += info->macs;
	}
	if (tt_input_kept(net, l)) {
		info->arena_kept = tt_align4(tt_volume(v.in));
	}
	if (v.index != NULL) {
		info->arena_kept += tt_align4(tt_index_bytes(v.entry, tt_volume(v.out)));
	}
	return 0;
}
