/* SPDX-License-Identifier: Apache-2.0 */
#include "network.h"

#include <string.h>

#include <tintin/error.h>

#include "latent.h"
#include "loss.h"
#include "master.h"
#include "rate.h"

#define BATCH_LOG2_MAX 6

struct tt_view tt_view_of(const struct tintin *net, unsigned int l, enum tt_use use)
{
	struct tt_layer *layer = &net->layer[l];
	/* A frozen layer's weights are read in place; nothing writes through this view. */
	uint8_t *base = layer->trained ? net->arena : (uint8_t *)(uintptr_t)net->record;
	uint32_t scratch = use == TT_LEARN ? net->scratch : net->predict_scratch;

	return (struct tt_view){
		.entry = &tt_entries(net->record)[l],
		.in = layer->in,
		.out = tt_entries(net->record)[l].out,
		.fan_in = layer->fan_in,
		.state = &layer->state,
		.weight = (int8_t *)(base + layer->weight),
		.fraction = layer->fraction ? base + layer->fraction : NULL,
		.bias = (int32_t *)(base + layer->bias),
		.gradient = layer->gradient ? (int32_t *)(net->arena + layer->gradient) : NULL,
		.index = layer->index && use == TT_LEARN ? net->arena + layer->index : NULL,
		.scratch = net->arena + scratch,
		.last = l + 1u == tt_layers(net),
		.learns = use == TT_LEARN && l >= net->first,
		.masked = layer->masked,
	};
}

static int begin(struct tintin *net, const void *record, size_t size,
		 const struct tintin_options *options)
{
	int error = tintin_record_check(record, size);

	if (error < 0) {
		return error;
	}
	if (options->batch_log2 > BATCH_LOG2_MAX || (!TINTIN_TRAINING && options->train != 0)) {
		return -EINVAL;
	}
	*net = (struct tintin){.record = record, .options = *options};
	return 0;
}

int tintin_arena_size(const void *record, size_t size, const struct tintin_options *options,
		      size_t *need)
{
	struct tintin net;
	int error = begin(&net, record, size, options);

	if (error == 0) {
		*need = tt_plan(&net);
	}
	return error;
}

#if TINTIN_TRAINING

/* A record without fractions starts in the middle: m = w8 * 2^F, m' = m + half. Padding stays 0. */
static void fill_fraction(const struct tt_view *v, uint32_t weights)
{
	memset(v->fraction, 0, tt_fraction_bytes(v->entry, weights));
	if (v->entry->fraction_bits == 8) {
		memset(v->fraction, 0x80, weights);
		return;
	}
	memset(v->fraction, 0x88, weights / 2u);
	if (weights % 2u != 0) {
		v->fraction[weights / 2u] = 0x08;
	}
}

static void load_planes(const struct tintin *net, const struct tt_walk *w)
{
	const uint8_t *record = (const uint8_t *)net->record;
	struct tt_view v = tt_view_of(net, w->l, TT_LEARN);

	memcpy(v.bias, record + w->bias, w->entry->out.c * sizeof(int32_t));
	memcpy(v.weight, record + w->weight, tt_weights_bytes(w->weights));
	if (v.gradient != NULL) {
		memset(v.gradient, 0, (w->weights + w->entry->out.c) * sizeof(int32_t));
	}
	if (v.fraction != NULL && w->fraction != 0) {
		memcpy(v.fraction, record + w->fraction, tt_fraction_bytes(w->entry, w->weights));
	} else if (v.fraction != NULL) {
		fill_fraction(&v, w->weights);
	}
	if (w->state->fraction_stored == 0) {
		v.state->weight_bits = tt_master_bits(&v);
		v.state->fraction_stored = 1;
	}
}

static void load_trained(struct tintin *net)
{
	struct tt_walk w = tt_walk_begin(net->record);

	do {
		if (net->layer[w.l].trained) {
			load_planes(net, &w);
		}
	} while (tt_walk_next(&w));
}

#else

static void load_trained(struct tintin *net)
{
	(void)net;
}

#endif

static uint32_t record_crc(const struct tintin_header *h)
{
	return *(const uint32_t *)((const uint8_t *)h + h->size - sizeof(uint32_t));
}

int tintin_open(struct tintin *net, const void *record, size_t size,
		const struct tintin_options *options, struct tintin_arena *arena)
{
	int error = begin(net, record, size, options);

	if (error) {
		return error;
	}
	arena->need = tt_plan(net);
	if (((uintptr_t)arena->base & 3u) != 0) {
		return -EINVAL;
	}
	if (arena->size < arena->need || arena->base == NULL) {
		return -ENOMEM;
	}
	net->arena = arena->base;
	net->layer = arena->base;
	tt_plan(net);
	net->rate.mantissa = net->record->rate_mantissa;
	net->rate.shift = net->record->rate_shift;
	net->step = net->record->step;
	net->rng = net->record->rng;
	net->parent = net->record->parent ? net->record->parent : record_crc(net->record);
	load_trained(net);
	return 0;
}

int tintin_rebase(struct tintin *net, const void *record, size_t size)
{
	const struct tintin_header *h = record;
	int error = tintin_record_check(record, size);
	struct tt_walk w;

	if (error < 0) {
		return error;
	}
	if (h->shape_hash != net->record->shape_hash) {
		return -ESTALE;
	}
	net->record = h;
	w = tt_walk_begin(h);
	do {
		struct tt_layer *layer = &net->layer[w.l];

		if (!layer->trained) {
			layer->bias = w.bias;
			layer->weight = w.weight;
			layer->fraction = w.fraction;
		}
	} while (tt_walk_next(&w));
	return 0;
}

/* A sample on its way up: from layer @p from on, by the tap where there is one. */
static void predict(struct tintin *net, struct tt_forward *f, unsigned int from, int8_t *tap)
{
	uint8_t *base = net->arena + net->predict;

	for (unsigned int l = from; l < tt_layers(net); l++) {
		struct tt_view v = tt_view_of(net, l, TT_PREDICT);
		uint32_t bytes = tt_volume(v.out) * (v.last ? 4u : 1u);

		if (tap != NULL && l == tt_latent_layer(net)) {
			memcpy(tap, f->in, tt_volume(v.in));
		}
		/* The plan made room for each neighbouring pair, one at either end. */
		f->out = l % 2u == 0 ? base : base + net->predict_size - tt_align4(bytes);
		tt_op_of(v.entry->kind)->forward(&v, f);
		f->in = f->out;
		f->in_exp = f->out_exp;
	}
}

int tintin_ask(struct tintin *net, const struct tintin_question *question,
	       struct tintin_answer *answer)
{
	struct tt_forward f = {.in = question->x, .in_exp = net->record->input_exp};
	uint16_t classes = net->record->classes;
	unsigned int from = 0;

	if (question->latent) {
		from = tt_latent_layer(net);
		f.in_exp = tt_latent_exp(net);
	}
	if (question->n != tt_volume(net->layer[from].in)) {
		return -EINVAL;
	}
	if (question->label >= (int32_t)classes) {
		return -EDOM;
	}
	if (net->phase != 0 && !net->options.concurrent) {
		return -EBUSY;
	}
	predict(net, &f, from, question->tap);
	answer->prediction = tt_softmax(f.out, classes, f.out_exp);
	answer->probability = answer->loss = 0;
	if (question->label >= 0) {
		answer->probability = (uint16_t)((const int32_t *)f.out)[question->label];
		answer->loss = tintin_loss(answer->probability);
	}
	return 0;
}

int tintin_predict(struct tintin *net, const int8_t *x, size_t n, struct tintin_prediction *out)
{
	struct tintin_question question = {.x = x, .n = n, .label = -1};
	struct tintin_answer answer;
	int error = tintin_ask(net, &question, &answer);

	if (error == 0) {
		*out = answer.prediction;
	}
	return error;
}

int tintin_set_rate(struct tintin *net, struct tintin_rate rate)
{
	if (!tt_rate_valid(rate)) {
		return -EINVAL;
	}
	if (net->phase != 0) {
		return -EBUSY; /* one step, one rate: its first layers are updated */
	}
	net->rate = rate;
	return 0;
}
