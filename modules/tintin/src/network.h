/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * An open network inside: the mutable part of each layer, and how it becomes a view.
 */
#ifndef TT_NETWORK_H_
#define TT_NETWORK_H_

#include <tintin/network.h>

#include "fixed.h"
#include "layer.h"
#include "record.h"

/**
 * One layer in the arena. It holds offsets and no pointers, so that an arena has the same size on
 * every target. 0 stands for "not there": no tensor lies at the arena's first byte.
 */
struct tt_layer {
	struct tintin_layer_state state;
	/* Of a trained layer in the arena, of a frozen one in the record. */
	uint32_t bias, weight, fraction;
	uint32_t gradient, out, in_error, index; /* in the arena */
	uint32_t fan_in;
	struct tintin_shape in;
	int16_t out_exp;
	bool trained;
	bool masked;
	uint8_t reserved[2];
};

_Static_assert(sizeof(struct tt_layer) == 60, "the same on every target");

/** Which workspace a view scribbles on. */
enum tt_use {
	TT_PREDICT,
	TT_LEARN,
};

struct tt_view tt_view_of(const struct tintin *net, unsigned int l, enum tt_use use);

static inline uint8_t tt_layers(const struct tintin *net)
{
	return net->record->layers;
}

/** Is layer @p l's input kept for the backward pass? */
bool tt_input_kept(const struct tintin *net, unsigned int l);

/**
 * Lay out the arena. @p net->record and ->options are set; where @p net->arena is not NULL its
 * layers get their offsets.
 *
 * @return the arena's size in bytes
 */
uint32_t tt_plan(struct tintin *net);

#endif
