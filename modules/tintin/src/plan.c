/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arena, from low to high:
 *
 *   layers | planes of the trained layers | learning workspace | scratch | prediction's, if its own
 *
 * A learning step makes its tensors in one sequence and uses them in neighbouring pairs:
 *
 *   T_0 .. T_n   input and outputs of the layers;  layer l reads T_l and writes T_l+1
 *   E_n .. E_f+1 errors on the way down;           layer l reads E_l+1 and writes E_l
 *
 * An activation that the backward pass reads again is kept: kept tensors form a stack that grows
 * on the way up and is dead from the top on the way down. All others live for one pair only and
 * take turns at both ends of what the stack leaves free.
 */
#include "network.h"
#include "pool_index.h"

/* Opening is deeper in the stack than learning unless the locals of its parts take turns. */
#define TAKES_TURNS __attribute__((noinline))

struct sequence {
	const struct tintin_header *header;
	uint32_t train;
	uint32_t n;      /* layers */
	uint32_t first;  /* lowest layer that learns; n for none */
	uint32_t length; /* tensors */
};

static const struct tintin_layer_entry *entry(const struct sequence *s, uint32_t l)
{
	return &tt_entries(s->header)[l];
}

static bool trained(const struct sequence *s, uint32_t l)
{
	return tt_has_weights(entry(s, l)) && (s->train >> l & 1u) != 0;
}

static struct sequence sequence_of(const struct tintin *net)
{
	struct sequence s = {
		.header = net->record,
		.train = net->options.train,
		.n = net->record->layers,
	};

	while (s.first < s.n && !trained(&s, s.first)) {
		s.first++;
	}
	s.length = s.first < s.n ? 2 * s.n + 1 - s.first : 0;
	return s;
}

/* No error passes layer l's input where it is 0: it is a ReLU's output, maybe through max pools. */
static bool masked(const struct sequence *s, uint32_t l)
{
	while (l > 0 && entry(s, l - 1)->kind == TINTIN_MAX_POOL) {
		l--;
	}
	return l > 0 && (entry(s, l - 1)->flags & TINTIN_LAYER_RELU) != 0;
}

static bool kept(const struct sequence *s, uint32_t i)
{
	if (i >= s->n || i < s->first) {
		return false;
	}
	return trained(s, i) ||
	       (i > s->first && masked(s, i) && entry(s, i)->kind != TINTIN_MAX_POOL);
}

static uint32_t tensor_bytes(const struct sequence *s, uint32_t i)
{
	if (i == s->n) {
		return s->header->classes * (uint32_t)sizeof(int32_t);
	}
	if (i > s->n) { /* E_j has the shape of T_j */
		i = 2 * s->n + 1 - i;
	}
	return tt_align4(tt_volume(i == 0 ? s->header->input : entry(s, i - 1)->out));
}

static uint32_t index_bytes(const struct sequence *s, uint32_t l)
{
	if (l <= s->first || entry(s, l)->kind != TINTIN_MAX_POOL) {
		return 0;
	}
	return tt_align4(tt_index_bytes(entry(s, l), tt_volume(entry(s, l)->out)));
}

/* Height of the stack of kept tensors and pool indices below tensor i. */
static uint32_t stack_below(const struct sequence *s, uint32_t i)
{
	bool down = i > s->n;
	uint32_t j = down ? 2 * s->n + 1 - i : i, bytes = 0;

	for (uint32_t t = 0; t < s->n && t < j + (down ? 1u : 0u); t++) {
		bytes += (kept(s, t) ? tensor_bytes(s, t) : 0) + index_bytes(s, t);
	}
	return bytes;
}

/* Tensors that are not kept alternate between the ends; the last before a kept one lies high. */
static bool high(const struct sequence *s, uint32_t i)
{
	uint32_t chain = 0;

	while (i + chain < s->length && !kept(s, i + chain)) {
		chain++;
	}
	return (chain & 1u) != 0;
}

/* Where tensor i begins if it lies low: one that a max pool is about to read leaves it room for the
 * indices, which go on the stack while the tensor is still there. */
static uint32_t low_begin(const struct sequence *s, uint32_t i)
{
	uint32_t index = i < s->n && !kept(s, i) ? index_bytes(s, i) : 0;

	return stack_below(s, i) + index;
}

static uint32_t low_end(const struct sequence *s, uint32_t i)
{
	return high(s, i) ? stack_below(s, i) : low_begin(s, i) + tensor_bytes(s, i);
}

static uint32_t learn_bytes(const struct sequence *s)
{
	uint32_t bytes = 0;

	for (uint32_t i = 0; i + 1 < s->length; i++) {
		uint32_t both = tt_larger(low_end(s, i), low_end(s, i + 1));

		both += high(s, i) ? tensor_bytes(s, i) : 0;
		both += high(s, i + 1) ? tensor_bytes(s, i + 1) : 0;
		bytes = tt_larger(bytes, both);
	}
	return bytes;
}

/* Prediction keeps nothing: outputs take turns at both ends, the input stays with the caller. */
static uint32_t predict_bytes(const struct sequence *s)
{
	uint32_t bytes = 0;

	for (uint32_t l = 0; l < s->n; l++) {
		uint32_t in = l > 0 ? tensor_bytes(s, l) : 0;

		bytes = tt_larger(bytes, in + tensor_bytes(s, l + 1));
	}
	return bytes;
}

TAKES_TURNS static uint32_t scratch_bytes(const struct sequence *s, bool training)
{
	struct tt_walk w = tt_walk_begin(s->header);
	uint32_t bytes = 0;

	do {
		struct tt_view v = {
			.entry = w.entry, .in = w.in, .out = w.entry->out, .fan_in = w.fan_in};
		bool learns = training && w.l >= s->first;

		bytes = tt_larger(bytes, tt_op_of(w.entry->kind)->scratch(&v, learns));
	} while (tt_walk_next(&w));
	return bytes;
}

/* Offset of a part of @p bytes, and move on past it. */
static uint32_t take(uint32_t *at, uint32_t bytes)
{
	uint32_t offset = *at;

	*at += bytes;
	return offset;
}

static void plan_planes(const struct tintin *net, const struct tt_walk *w, struct tt_layer *layer,
			uint32_t *at)
{
	uint32_t parameters = w->weights + w->entry->out.c;

	layer->bias = take(at, w->entry->out.c * (uint32_t)sizeof(int32_t));
	layer->weight = take(at, tt_weights_bytes(w->weights));
	layer->fraction = 0;
	if (w->entry->fraction_bits > 0) {
		layer->fraction = take(at, tt_fraction_bytes(w->entry, w->weights));
	}
	layer->gradient = 0;
	if (net->options.batch_log2 > 0) {
		layer->gradient = take(at, parameters * (uint32_t)sizeof(int32_t));
	}
}

TAKES_TURNS static void plan_layers(const struct tintin *net, const struct sequence *s,
				    uint32_t *at)
{
	struct tt_walk w = tt_walk_begin(net->record);

	do {
		struct tt_layer layer = {
			.state = *w.state,
			.bias = w.bias,
			.weight = w.weight,
			.fraction = w.fraction,
			.fan_in = w.fan_in,
			.in = w.in,
			.trained = trained(s, w.l),
			.masked = masked(s, w.l),
		};

		if (layer.trained) {
			plan_planes(net, &w, &layer, at);
		}
		if (net->arena != NULL) {
			net->layer[w.l] = layer;
		}
	} while (tt_walk_next(&w));
}

TAKES_TURNS static void place_tensors(struct tintin *net, const struct sequence *s, uint32_t base)
{
	uint32_t end = base + learn_bytes(s);

	for (uint32_t i = 0; i < s->length; i++) {
		uint32_t offset = high(s, i) ? end - tensor_bytes(s, i) : base + low_begin(s, i);

		if (i == 0) {
			net->input = offset;
		} else if (i <= s->n) {
			uint32_t index = index_bytes(s, i - 1);

			net->layer[i - 1].out = offset;
			net->layer[i - 1].index =
				index > 0 ? base + stack_below(s, i) - index : 0;
		} else if (i == s->n + 1) {
			net->error = offset;
		} else {
			net->layer[2 * s->n + 1 - i].in_error = offset;
		}
	}
}

bool tt_input_kept(const struct tintin *net, unsigned int l)
{
	struct sequence s = sequence_of(net);

	return kept(&s, l);
}

uint32_t tt_plan(struct tintin *net)
{
	struct sequence s = sequence_of(net);
	uint32_t at = s.n * (uint32_t)sizeof(struct tt_layer), base;
	uint32_t predict = predict_bytes(&s), scratch = scratch_bytes(&s, false);

	net->first = (uint8_t)s.first;
	net->predict_size = predict;
	plan_layers(net, &s, &at);
	base = at;
	if (s.length > 0) {
		uint32_t learn = learn_bytes(&s);

		take(&at, net->options.concurrent ? learn : tt_larger(learn, predict));
		net->scratch = take(&at, scratch_bytes(&s, true));
		if (net->arena != NULL) {
			place_tensors(net, &s, base);
		}
		net->predict = base;
		net->predict_scratch = net->scratch;
	}
	if (s.length == 0 || net->options.concurrent) {
		net->predict = take(&at, predict);
		net->predict_scratch = take(&at, scratch);
	}
	return at;
}
