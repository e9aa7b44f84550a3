/* SPDX-License-Identifier: Apache-2.0 */
/* A learner out of the caller's memory: new, or resumed from one that was sealed. */
#include "layer.h"

#if TINTIN_TRAINING

#include <string.h>

#include <tintin/error.h>
#include <tintin/probe.h>

#include "learner.h"
#include "network.h"

_Static_assert(sizeof(struct tintin_class) == 28, "LEARNER.md: class table");
_Static_assert(sizeof(struct tintin_learner_state) == 232, "LEARNER.md: learner state");

static struct tintin_replay_shape shape_of(const struct tintin *net,
					   const struct tintin_learner_options *o)
{
	bool latent = tintin_method(o->method)->latent;

	return (struct tintin_replay_shape){
		.network = net->record->shape_hash,
		.length = (uint32_t)(latent ? tintin_latent_length(net) : tintin_input_length(net)),
		.slots = tt_slots(o),
		.classes = net->record->classes,
		.layer = latent ? net->first : 0,
		.share = tt_share(o),
	};
}

static uint32_t importance_size(const struct tintin *net, const struct tintin_learner_options *o)
{
	return tintin_method(o->method)->pulls ? tt_ewc_size(net) : 0;
}

static uint32_t classes_size(const struct tintin *net)
{
	return net->record->classes * (uint32_t)sizeof(struct tintin_class);
}

int tintin_learner_size(const struct tintin *net, const struct tintin_learner_options *options,
			size_t *need)
{
	struct tintin_replay_shape shape;
	size_t replay = 0;
	int error = tt_learner_check(options);

	if (error) {
		return error;
	}
	if (tt_slots(options) > 0) {
		shape = shape_of(net, options);
		replay = tintin_replay_size(&shape);
		if (replay == 0) {
			return -EINVAL;
		}
	}
	*need = sizeof(struct tintin_learner_state) + classes_size(net) +
		importance_size(net, options) + replay;
	return 0;
}

/* May this network be taught by this method? */
static bool suits(const struct tintin *net, const struct tintin_learner_options *o)
{
	unsigned int last = tt_layers(net) - 1u;

	return net->first <= last && net->layer[last].trained &&
	       (!tintin_method(o->method)->last_only || net->first == last);
}

/* Options, hooks and pointers into the memory, which is not looked at yet. */
static int lay_out(struct tintin_learner *l, void *memory, size_t size, size_t *need)
{
	int error = tintin_learner_size(l->net, &l->options, need);
	uint8_t *at = memory;

	if (error) {
		return error;
	}
	if (!suits(l->net, &l->options)) {
		return -EPERM;
	}
	if (((uintptr_t)memory & 3u) != 0) {
		return -EINVAL;
	}
	if (size < *need) {
		return -ENOMEM;
	}
	l->state = memory;
	at += sizeof(*l->state);
	l->classes = (struct tintin_class *)at;
	at += classes_size(l->net);
	l->importance = at;
	at += importance_size(l->net, &l->options);
	l->replay = tt_slots(&l->options) > 0 ? (struct tintin_replay *)at : NULL;
	return 0;
}

/* Field by field: a whole handle in a temporary would be 200 bytes of the caller's stack. */
static void attach(struct tintin_learner *l, struct tintin *net,
		   const struct tintin_learner_options *options,
		   const struct tintin_learner_hooks *hooks)
{
	l->net = net;
	l->state = NULL;
	l->classes = NULL;
	l->importance = NULL;
	l->replay = NULL;
	l->options = *options;
	l->hooks = *hooks;
}

static void begin_state(struct tintin_learner *l, size_t need)
{
	memset(l->state, 0, need);
	*l->state = (struct tintin_learner_state){
		.magic = TINTIN_LEARNER_MAGIC,
		.version = TINTIN_LEARNER_VERSION,
		.classes = l->net->record->classes,
		.size = (uint32_t)need,
		.network = l->net->record->shape_hash,
		.importance = importance_size(l->net, &l->options),
		.rate = l->net->rate,
		.method = l->options.method,
		.exponents = tt_learner_exponents(l),
	};
}

int tintin_learner_open(struct tintin_learner *learner, struct tintin *net,
			const struct tintin_learner_options *options,
			const struct tintin_learner_hooks *hooks, void *memory, size_t size)
{
	struct tintin_replay_shape shape;
	size_t need;
	int error;

	attach(learner, net, options, hooks);
	error = lay_out(learner, memory, size, &need);
	if (error) {
		return error;
	}
	begin_state(learner, need);
	tt_learner_know(learner);
	if (learner->replay != NULL) {
		shape = shape_of(net, options);
		error = tintin_replay_format(learner->replay, tintin_replay_size(&shape), &shape,
					     options->seed);
	}
	if (error == 0 && tt_method(learner)->means) {
		error = tintin_learner_close(learner, TINTIN_NO_LABEL); /* no SGD row is a mean */
	}
	return error;
}

static uint32_t crc_of(const struct tintin_learner_state *s)
{
	const uint8_t *from = (const uint8_t *)s;
	size_t after = offsetof(struct tintin_learner_state, crc) + sizeof(s->crc);
	uint32_t crc = tintin_crc32(0, from, offsetof(struct tintin_learner_state, crc));

	return tintin_crc32(crc, from + after, s->size - after);
}

int tintin_learner_seal(struct tintin_learner *l)
{
	if (l->net->phase != 0 || l->net->batched != 0 || l->state->cursor != 0) {
		return -EBUSY;
	}
	if (l->replay != NULL) {
		tintin_replay_seal(l->replay);
	}
	l->state->crc = crc_of(l->state);
	return 0;
}

static int check_state(const struct tintin_learner *l, size_t size, size_t need)
{
	const struct tintin_learner_state *s = l->state;

	if (s->magic != TINTIN_LEARNER_MAGIC) {
		return -ENOEXEC;
	}
	if (s->version != TINTIN_LEARNER_VERSION) {
		return -ENOTSUP;
	}
	if (s->size > size || s->size < sizeof(*s) || s->crc != crc_of(s)) {
		return -EBADMSG;
	}
	if (s->size != need || s->network != l->net->record->shape_hash ||
	    s->classes != l->net->record->classes || s->method != l->options.method) {
		return -ESTALE;
	}
	return tintin_guard_check(&l->options.guard);
}

int tintin_learner_resume(struct tintin_learner *learner, struct tintin *net,
			  const struct tintin_learner_options *options,
			  const struct tintin_learner_hooks *hooks, void *memory, size_t size)
{
	struct tintin_replay_shape shape;
	size_t need;
	int error;

	attach(learner, net, options, hooks);
	error = lay_out(learner, memory, size, &need);
	error = error ? error : check_state(learner, size, need);
	if (error == 0 && learner->replay != NULL) {
		shape = shape_of(net, options);
		error = tintin_replay_open(learner->replay, tintin_replay_size(&shape), &shape);
	}
	if (error == 0) {
		tt_learner_apply_rate(learner);
	}
	return error;
}

#endif
