/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <net.h>
#include <tintin/probe.h>

static const struct tintin_options all = {.train = TINTIN_TRAIN_ALL};
static const struct tintin_options none = {.train = TINTIN_TRAIN_NONE};
static const struct tintin_options concurrent = {.train = TINTIN_TRAIN_ALL, .concurrent = true};

static const char *const names[] = {"tiny", "mlp", "cnn", "signal"};
#define NAMES (sizeof(names) / sizeof(names[0]))
#define LONGEST 144

PROMISE(a_sample_of_the_wrong_length_is_refused_and_changes_nothing)
{
	struct net net = net_named("tiny", &all), untouched = net_named("tiny", &all);
	int8_t x[5] = {1, 2, 3, 4, 5};
	struct tintin_prediction p;

	for (size_t n = 0; n <= 5; n++) {
		if (n != 4) {
			EXPECT_EQ(tintin_learn(&net.tintin, x, n, 0, &p), -EINVAL);
			EXPECT_EQ(tintin_learn_begin(&net.tintin, x, n, 0), -EINVAL);
			EXPECT_EQ(tintin_predict(&net.tintin, x, n, &p), -EINVAL);
		}
	}
	net_expect_equal(&net.tintin, &untouched.tintin);
	net_close(&net);
	net_close(&untouched);
}

PROMISE(a_label_out_of_range_is_refused_and_changes_nothing)
{
	struct net net = net_named("tiny", &all), untouched = net_named("tiny", &all);
	int8_t x[4] = {1, 2, 3, 4};

	EXPECT_EQ(tintin_learn(&net.tintin, x, 4, 3, NULL), -EDOM);
	EXPECT_EQ(tintin_learn(&net.tintin, x, 4, UINT16_MAX, NULL), -EDOM);
	EXPECT_EQ(tintin_learn_begin(&net.tintin, x, 4, 3), -EDOM);
	net_expect_equal(&net.tintin, &untouched.tintin);
	EXPECT_EQ(tintin_learn(&net.tintin, x, 4, 2, NULL), 0);
	net_close(&net);
	net_close(&untouched);
}

PROMISE(a_network_opened_for_prediction_does_not_learn)
{
	struct net net = net_named("tiny", &none);
	int8_t x[4] = {1, 2, 3, 4};
	struct tintin_prediction p;

	EXPECT_EQ(tintin_learn(&net.tintin, x, 4, 0, NULL), -EPERM);
	EXPECT_EQ(tintin_learn_begin(&net.tintin, x, 4, 0), -EPERM);
	EXPECT_EQ(tintin_learn_slice(&net.tintin), 0);
	EXPECT_EQ(tintin_predict(&net.tintin, x, 4, &p), 0);
	net_close(&net);
}

PROMISE(learning_learns)
{
	/* Of 100 unseen samples. The average over the whole signal leaves little of the pattern. */
	static const int enough[NAMES] = {90, 90, 90, 60};

	for (size_t i = 0; i < NAMES; i++) {
		struct net net = net_named(names[i], &all);
		size_t n = tintin_input_length(&net.tintin);
		int8_t x[LONGEST];
		int hits = 0;

		net_learn(&net.tintin, 1000);
		for (uint32_t k = 0; k < 100; k++) {
			uint16_t label = net_sample(&net.tintin, 5000 + k, x);
			struct tintin_prediction p;

			EXPECT_EQ(tintin_predict(&net.tintin, x, n, &p), 0);
			hits += p.label == label;
		}
		promise_about("%s: %d of 100", names[i], hits);
		EXPECT(hits >= enough[i]);
		net_close(&net);
	}
}

PROMISE(what_learning_returns_is_what_was_predicted_before)
{
	struct net net = net_named("cnn", &all);
	int8_t x[LONGEST];

	for (uint32_t i = 0; i < 50; i++) {
		uint16_t label = net_sample(&net.tintin, i, x);
		struct tintin_prediction p, before;

		EXPECT_EQ(tintin_predict(&net.tintin, x, LONGEST, &p), 0);
		EXPECT_EQ(tintin_learn(&net.tintin, x, LONGEST, label, &before), 0);
		EXPECT_EQ(before.label, p.label);
		EXPECT_EQ(before.confidence, p.confidence);
	}
	net_close(&net);
}

PROMISE(predicting_changes_nothing)
{
	for (size_t i = 0; i < NAMES; i++) {
		struct net net = net_named(names[i], &all), untouched = net_named(names[i], &all);
		size_t n = tintin_input_length(&net.tintin);
		int8_t x[LONGEST];

		for (uint32_t k = 0; k < 70; k++) {
			struct tintin_prediction p;

			net_sample(&net.tintin, k, x);
			EXPECT_EQ(tintin_predict(&net.tintin, x, n, &p), 0);
		}
		net_expect_equal(&net.tintin, &untouched.tintin);
		net_close(&net);
		net_close(&untouched);
	}
}

/* One step in slices, with something done before each. @return slices */
static unsigned int step_in_slices(struct tintin *net, uint32_t i, void (*between)(struct tintin *))
{
	size_t n = tintin_input_length(net);
	int8_t *x = malloc(n);
	uint16_t label = net_sample(net, i, x);
	unsigned int slices = 0, more;

	EXPECT_EQ(tintin_learn_begin(net, x, n, label), 0);
	memset(x, 0x55, n); /* the step has its own copy */
	free(x);
	do {
		EXPECT_EQ(tintin_probe_phase(net), slices + 1u);
		between(net);
		more = (unsigned int)tintin_learn_slice(net);
		slices++;
	} while (more);
	EXPECT_EQ(tintin_probe_phase(net), 0);
	return slices;
}

static void nothing(struct tintin *net)
{
	(void)net;
}

static void predict_something(struct tintin *net)
{
	size_t n = tintin_input_length(net);
	int8_t *x = malloc(n);
	struct tintin_prediction p;

	net_sample(net, net->phase * 7919u + net->step, x);
	EXPECT_EQ(tintin_predict(net, x, n, &p), 0);
	free(x);
}

static void expect_busy(struct tintin *net)
{
	struct tintin_sink sink = {0};
	size_t n = tintin_input_length(net);
	int8_t *x = calloc(1, n);
	struct tintin_prediction p;

	EXPECT_EQ(tintin_learn_begin(net, x, n, 0), -EBUSY);
	EXPECT_EQ(tintin_learn(net, x, n, 0, NULL), -EBUSY);
	EXPECT_EQ(tintin_predict(net, x, n, &p), -EBUSY);
	EXPECT_EQ(tintin_learn_flush(net), -EBUSY);
	EXPECT_EQ(tintin_save(net, &sink), -EBUSY);
	free(x);
}

static void expect_slices_equal(const struct tintin_options *options,
				void (*between)(struct tintin *))
{
	for (size_t i = 0; i < NAMES; i++) {
		struct net whole = net_named(names[i], &all), sliced = net_named(names[i], options);

		for (uint32_t k = 0; k < 70; k++) {
			promise_about("%s, step %u", names[i], k);
			EXPECT(step_in_slices(&sliced.tintin, k, between) <=
			       2u * whole.record.data[6] + 1u);
			net_learn(&whole.tintin, k + 1u);
			net_expect_equal(&whole.tintin, &sliced.tintin);
		}
		net_close(&whole);
		net_close(&sliced);
	}
}

PROMISE(a_step_in_slices_gives_the_bits_of_a_whole_step)
{
	expect_slices_equal(&all, nothing);
}

PROMISE(predicting_between_slices_changes_nothing)
{
	expect_slices_equal(&concurrent, predict_something);
}

PROMISE(inside_a_step_everything_else_is_busy_and_changes_nothing)
{
	expect_slices_equal(&all, expect_busy);
}

/* What differs between networks whose weights are at their limits. */
struct full {
	uint8_t fraction_bits, batch_log2, flags;
};

static struct net full_net(const struct full *full)
{
	const struct tintin_options options = {.train = TINTIN_TRAIN_ALL,
					       .batch_log2 = full->batch_log2};
	struct model m = model_begin(1, 1, 3);
	struct blob b;
	struct net net;

	m.fraction_bits = full->fraction_bits;
	m.weight = 127;
	m.input_exp = 0;
	m.rate_shift = 0;
	model_dense(&m, 2, false);
	m.layer[0].flags |= full->flags;
	b = model_record(&m);
	net = net_open(&b, &options);
	blob_free(&b);
	return net;
}

PROMISE(weights_that_meet_their_limits_are_halved_with_their_exponent_raised)
{
	static const uint8_t bits[] = {8, 4, 0};
	const int8_t x[3] = {100, 100, 100};

	for (int i = 0; i < 6; i++) {
		const struct full full = {.fraction_bits = bits[i / 2], .batch_log2 = i % 2};
		struct net net = full_net(&full);
		struct tintin_weights w;
		int8_t before;

		promise_about("%u fraction bits, batch of %d", bits[i / 2], 1 + i % 2);
		EXPECT_EQ(tintin_probe_weights(&net.tintin, 0, &w), 0);
		before = w.state.weight_exp;
		for (int k = 0; k < 2; k++) { /* class 1 pulls its weights up, class 0's go down */
			EXPECT_EQ(tintin_learn(&net.tintin, x, 3, 1, NULL), 0);
			if (i % 2 == 0) {
				break;
			}
		}
		EXPECT_EQ(tintin_probe_weights(&net.tintin, 0, &w), 0);
		EXPECT_EQ(w.state.weight_exp, before + 1);
		for (int k = 0; k < 3; k++) {
			EXPECT(w.weight[k] <= 63 && w.weight[k] > 50);
			EXPECT_EQ(w.weight[3 + k], 64);
		}
		net_close(&net);
	}
}

/* Class 0's weights go down, class 1's stay at their limit, and so does the exponent. */
static void expect_clipped(struct net *net, int weight_exp)
{
	const int8_t x[3] = {100, 100, 100};
	struct tintin_weights w;

	EXPECT_EQ(tintin_learn(&net->tintin, x, 3, 1, NULL), 0);
	EXPECT_EQ(tintin_probe_weights(&net->tintin, 0, &w), 0);
	EXPECT_EQ(w.state.weight_exp, weight_exp);
	for (int k = 0; k < 3; k++) {
		EXPECT(w.weight[k] < 127);
		EXPECT_EQ(w.weight[3 + k], 127);
		EXPECT_EQ(w.fraction[3 + k], 255);
	}
}

PROMISE(bounded_weights_stop_at_their_limits)
{
	const struct full full = {.fraction_bits = 8, .flags = TINTIN_LAYER_BOUNDED};
	struct net net = full_net(&full);
	struct tintin_layer_info info;
	struct tintin_weights w;

	EXPECT_EQ(tintin_layer_info(&net.tintin, 0, &info), 0);
	EXPECT(info.bounded && !info.relu);
	EXPECT_EQ(tintin_probe_weights(&net.tintin, 0, &w), 0);
	expect_clipped(&net, w.state.weight_exp);
	net_close(&net);
}

PROMISE(a_weight_exponent_at_its_limit_stays_there_and_so_do_the_weights)
{
	const struct tintin_options options = {.train = TINTIN_TRAIN_ALL};
	const struct full full = {.fraction_bits = 8};
	struct net low = full_net(&full), net;
	struct blob record = net_save(&low.tintin), saved;

	((struct tintin_layer_state *)(record.data + 64 + 32))->weight_exp = 10;
	blob_seal(&record);
	net = net_open(&record, &options);
	EXPECT_EQ(tintin_set_rate(&net.tintin, (struct tintin_rate){15, -8}), 0);
	expect_clipped(&net, 10);
	saved = net_save(&net.tintin);
	EXPECT_EQ(tintin_record_check(saved.data, saved.size), saved.size);
	blob_free(&saved);
	blob_free(&record);
	net_close(&net);
	net_close(&low);
}

PROMISE(a_mini_batch_is_applied_when_it_is_full_and_not_before)
{
	struct tintin_options options = {.train = TINTIN_TRAIN_ALL, .batch_log2 = 2};
	struct net net = net_named("mlp", &options), fresh = net_named("mlp", &options);
	struct tintin_weights w, before;
	struct tintin_sink sink = {0};

	EXPECT_EQ(tintin_probe_weights(&fresh.tintin, 0, &before), 0);
	for (uint32_t k = 1; k <= 3; k++) {
		net_learn(&net.tintin, k);
		EXPECT_EQ(tintin_save(&net.tintin, &sink), -EBUSY);
		EXPECT_EQ(tintin_probe_weights(&net.tintin, 0, &w), 0);
		EXPECT_EQ(memcmp(w.weight, before.weight, 64 * 32), 0);
		EXPECT_EQ(memcmp(w.fraction, before.fraction, 64 * 32), 0);
	}
	net_learn(&net.tintin, 4);
	EXPECT(memcmp(w.fraction, before.fraction, 64 * 32) != 0);
	net_close(&net);
	net_close(&fresh);
}

PROMISE(a_flush_applies_an_unfinished_mini_batch_once)
{
	struct tintin_options options = {.train = TINTIN_TRAIN_ALL, .batch_log2 = 3};
	struct net net = net_named("cnn", &options);
	struct blob flushed, again;

	net_learn(&net.tintin, 5);
	EXPECT_EQ(tintin_learn_flush(&net.tintin), 0);
	flushed = net_save(&net.tintin);
	EXPECT_EQ(tintin_learn_flush(&net.tintin), 0);
	again = net_save(&net.tintin);
	EXPECT(blob_equal(&flushed, &again));
	EXPECT(memcmp(flushed.data + 64, net.record.data + 64, net.record.size - 68u) != 0);
	blob_free(&flushed);
	blob_free(&again);
	net_close(&net);
}

PROMISE(mini_batches_learn)
{
	struct tintin_options options = {.train = TINTIN_TRAIN_ALL, .batch_log2 = 3};
	struct net net = net_named("mlp", &options);
	struct tintin_rate rate = {.mantissa = 8, .shift = 2};
	int8_t x[64];
	int hits = 0;

	EXPECT_EQ(tintin_set_rate(&net.tintin, rate), 0);
	net_learn(&net.tintin, 1600);
	for (uint32_t k = 0; k < 100; k++) {
		uint16_t label = net_sample(&net.tintin, 5000 + k, x);
		struct tintin_prediction p;

		EXPECT_EQ(tintin_predict(&net.tintin, x, 64, &p), 0);
		hits += p.label == label;
	}
	promise_about("%d of 100", hits);
	EXPECT(hits >= 90);
	net_close(&net);
}

PROMISE(a_rate_out_of_range_is_refused_and_the_former_one_stays)
{
	static const struct tintin_rate bad[] = {
		{7, 0}, {16, 0}, {8, -9}, {8, 25}, {0, 0}, {255, 0},
	};
	struct net net = net_named("tiny", &all);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		EXPECT_EQ(tintin_set_rate(&net.tintin, bad[i]), -EINVAL);
		EXPECT_EQ(net.tintin.rate.mantissa, 8);
		EXPECT_EQ(net.tintin.rate.shift, 4);
	}
	net_close(&net);
}

static void try_another_rate(struct tintin *net)
{
	EXPECT_EQ(tintin_set_rate(net, (struct tintin_rate){12, 3}), -EBUSY);
	EXPECT_EQ(tintin_set_rate(net, (struct tintin_rate){7, 0}), -EINVAL);
	EXPECT_EQ(tintin_get_rate(net).mantissa, 8);
}

PROMISE(a_step_has_one_rate)
{
	struct net net = net_named("tiny", &all);

	EXPECT(step_in_slices(&net.tintin, 1, try_another_rate) > 2);
	EXPECT_EQ(tintin_set_rate(&net.tintin, (struct tintin_rate){12, 3}), 0);
	EXPECT_EQ(tintin_get_rate(&net.tintin).mantissa, 12);
	net_close(&net);
}
