/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <net.h>
#include <tintin/probe.h>

static const char *const names[] = {"tiny", "mlp", "cnn", "signal"};
#define NAMES (sizeof(names) / sizeof(names[0]))

static struct net fresh(const char *name, uint8_t fraction_bits, bool fractions,
			const struct tintin_options *options)
{
	struct model m;
	struct blob b;
	struct net net;

	EXPECT(model_named(name, &m));
	m.fractions = fractions;
	for (unsigned int l = 0; l < m.layers; l++) {
		if (m.layer[l].fraction_bits != 0) {
			m.layer[l].fraction_bits = fraction_bits;
		}
	}
	b = model_record(&m);
	net = net_open(&b, options);
	blob_free(&b);
	return net;
}

/* Save, throw everything away, and open what was saved. */
static void power_cycle(struct net *net)
{
	struct tintin_options options = net->tintin.options;
	struct blob saved = net_save(&net->tintin);

	EXPECT_EQ(tintin_record_check(saved.data, saved.size), saved.size);
	net_close(net);
	*net = net_open(&saved, &options);
	blob_free(&saved);
}

static void expect_resumable(const struct tintin_options *options, uint32_t every, uint32_t end)
{
	static const uint8_t bits[] = {8, 4, 0};

	for (size_t i = 0; i < NAMES * 6; i++) {
		struct net on = fresh(names[i / 6], bits[i % 3], i % 2 == 0, options);
		struct net cut = fresh(names[i / 6], bits[i % 3], i % 2 == 0, options);

		promise_about("%s, %u fraction bits", names[i / 6], bits[i % 3]);
		for (uint32_t step = every; step <= end; step += every) {
			net_learn(&on.tintin, step);
			net_learn(&cut.tintin, step);
			power_cycle(&cut);
		}
		net_expect_equal(&on.tintin, &cut.tintin);
		net_close(&on);
		net_close(&cut);
	}
}

PROMISE(training_resumed_after_every_step_equals_training_never_interrupted)
{
	const struct tintin_options options = {.train = TINTIN_TRAIN_ALL};

	expect_resumable(&options, 1, 140);
}

PROMISE(mini_batch_training_resumed_after_every_batch_equals_training_never_interrupted)
{
	const struct tintin_options options = {.train = TINTIN_TRAIN_ALL, .batch_log2 = 2};

	expect_resumable(&options, 4, 140);
}

PROMISE(training_of_some_layers_resumed_equals_training_never_interrupted)
{
	const struct tintin_options options = {.train = 1u << 1 | 1u << 2 | 1u << 5};

	expect_resumable(&options, 3, 99);
}

PROMISE(saving_without_learning_gives_the_record_back)
{
	for (size_t i = 0; i < NAMES; i++) {
		const struct tintin_options none = {0};
		struct net net = net_named(names[i], &none);
		struct blob saved = net_save(&net.tintin);
		struct tintin_header *h = (struct tintin_header *)saved.data;
		uint32_t parent;

		memcpy(&parent, net.record.data + net.record.size - 4u, 4);
		EXPECT_EQ(h->parent, parent);
		h->parent = 0;
		blob_seal(&saved);
		EXPECT(blob_equal(&saved, &net.record));
		blob_free(&saved);
		net_close(&net);
	}
}

PROMISE(the_parent_stays_the_record_that_training_began_from)
{
	const struct tintin_options options = {.train = TINTIN_TRAIN_ALL};
	struct net net = net_named("tiny", &options);
	uint32_t first;

	memcpy(&first, net.record.data + net.record.size - 4u, 4);
	for (uint32_t k = 1; k < 4; k++) {
		net_learn(&net.tintin, k);
		power_cycle(&net);
		EXPECT_EQ(net.tintin.record->parent, first);
		EXPECT_EQ(net.tintin.record->step, k);
	}
	net_close(&net);
}

PROMISE(an_inference_record_opens_for_training_with_fractions_of_one_half)
{
	const struct tintin_options options = {.train = TINTIN_TRAIN_ALL};
	struct net net = fresh("mlp", 8, false, &options);
	struct tintin_weights w;
	struct blob saved;

	EXPECT_EQ(tintin_probe_weights(&net.tintin, 1, &w), 0);
	EXPECT_EQ(w.state.fraction_stored, 1);
	for (uint32_t i = 0; i < 320; i++) {
		EXPECT_EQ(w.fraction[i], 0x80);
	}
	saved = net_save(&net.tintin);
	EXPECT_EQ(saved.size - net.record.size, 64 * 32 + 32 * 10);
	blob_free(&saved);
	net_close(&net);
}

static int fail_after(void *context, const void *data, size_t n)
{
	int *left = context;

	(void)data;
	(void)n;
	return (*left)-- > 0 ? 0 : -EIO;
}

PROMISE(what_the_sink_returns_is_what_saving_returns_and_training_goes_on)
{
	const struct tintin_options options = {.train = TINTIN_TRAIN_ALL};
	struct net net = net_named("tiny", &options), other = net_named("tiny", &options);

	net_learn(&net.tintin, 10);
	for (int pieces = 0; pieces < 5; pieces++) {
		int left = pieces;
		struct tintin_sink sink = {.write = fail_after, .context = &left};

		EXPECT_EQ(tintin_save(&net.tintin, &sink), -EIO);
		EXPECT(left >= -1); /* nothing is written after the failure */
	}
	net_learn(&net.tintin, 20);
	net_learn(&other.tintin, 20);
	net_expect_equal(&net.tintin, &other.tintin);
	net_close(&net);
	net_close(&other);
}
