/* SPDX-License-Identifier: Apache-2.0 */
/* The methods in one table, and the options with their defaults and ranges. */
#include "layer.h"

#if TINTIN_TRAINING

#include <string.h>

#include <tintin/error.h>

#include "learner.h"

#define SLOTS_MAX 65000u
#define SHARE     4u /* of a method that replays */

static const struct tintin_method methods[TINTIN_METHODS] = {
	[TINTIN_NAIVE] = {"naive", "each label is learned once by all layers"},
	[TINTIN_REPLAY] = {"replay", "each label is followed by stored samples of all classes",
			   .replays = true},
	[TINTIN_LATENT] = {"latent", "replay of activations above frozen layers", .latent = true,
			   .replays = true},
	[TINTIN_LAST_LAYER] = {"last_layer", "each label is learned once by the last layer alone",
			       .latent = true, .last_only = true},
	[TINTIN_NCM] = {"ncm", "the nearest class mean over frozen features", .latent = true,
			.last_only = true, .means = true},
	[TINTIN_EWC] = {"ewc", "each label once, weights pulled back by their importance",
			.pulls = true},
};

const struct tintin_method *tintin_method(uint8_t id)
{
	return id < TINTIN_METHODS ? &methods[id] : NULL;
}

int tintin_method_named(const char *name)
{
	for (int i = 0; i < TINTIN_METHODS; i++) {
		if (strcmp(methods[i].name, name) == 0) {
			return i;
		}
	}
	return -EINVAL;
}

uint32_t tintin_method_train(uint8_t method, const void *record, uint32_t wanted)
{
	const struct tintin_header *h = record;

	if (method < TINTIN_METHODS && methods[method].last_only) {
		return 1u << (h->layers - 1u);
	}
	return wanted;
}

void tintin_learner_defaults(struct tintin_learner_options *options)
{
	static const struct tintin_learner_options defaults = {
		.method = TINTIN_REPLAY,
		.replays = 7,
		.share = TINTIN_SHARE_BY_METHOD,
		.imprint = 5,
		.slots = 200,
		.burst = 256,
		.drift_steps = 64,
		.idle_steps = 16,
		.period = 64,
		.pull_log2 = 2,
		.pull_every = 8,
		.memory = 1024,
		.seed = 1,
		.guard = {.loss_bound = 7,
			  .hits_bound = 20,
			  .rescale_bound = 3,
			  .patience = 8,
			  .slow_step = 2,
			  .slow_most = 8,
			  .recover = 4,
			  .evidence = 4,
			  .doubt = 8},
		.drift = {
			[TINTIN_SIGNAL_LOSS] = {.threshold = 50u << 10, .delta = 6554,
						.settle = 30, .mode = TINTIN_DRIFT_UP},
			[TINTIN_SIGNAL_CONFIDENCE] = {.threshold = 10u << 10, .delta = 1311,
						      .settle = 30,
						      .mode = TINTIN_DRIFT_DOWN},
			[TINTIN_SIGNAL_OFFSET] = {.threshold = 3u << 10, .delta = 655,
						  .settle = 30, .mode = TINTIN_DRIFT_BOTH},
			[TINTIN_SIGNAL_AMPLITUDE] = {.threshold = 3u << 10, .delta = 655,
						     .settle = 30,
						     .mode = TINTIN_DRIFT_BOTH},
		}};

	*options = defaults;
}

uint8_t tt_share(const struct tintin_learner_options *o)
{
	if (o->share != TINTIN_SHARE_BY_METHOD) {
		return o->share;
	}
	return methods[o->method].replays ? SHARE : 0;
}

uint16_t tt_slots(const struct tintin_learner_options *o)
{
	return methods[o->method].replays || tt_share(o) > 0 ? o->slots : 0;
}

int tt_learner_check(const struct tintin_learner_options *o)
{
	bool good = o->method < TINTIN_METHODS && o->slots <= SLOTS_MAX &&
		    o->burst >= 1 && o->period >= 1 && o->pull_log2 >= 1 && o->pull_log2 <= 16 &&
		    o->pull_every >= 1 && o->pull_every <= 128 && o->memory >= 1 &&
		    o->memory <= 16384 && tintin_guard_check(&o->guard) == 0;

	for (int i = 0; i < TINTIN_SIGNALS; i++) {
		good = good && (o->drift[i].mode == TINTIN_DRIFT_OFF ||
				tintin_drift_check(&o->drift[i]) == 0);
	}
	return good ? 0 : -EINVAL;
}

#endif
