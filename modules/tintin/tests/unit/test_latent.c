/* SPDX-License-Identifier: Apache-2.0 */
/* Latents, questions and the classes of the last layer. */
#include <stdlib.h>
#include <string.h>

#include <net.h>
#include <tintin/probe.h>

#define LONGEST 144

static const struct {
	const char *name;
	uint32_t train;
} partly[] = {
	{"mlp", TINTIN_TRAIN_ALL}, {"mlp", 1u << 1},           {"cnn", TINTIN_TRAIN_ALL},
	{"cnn", 1u << 2 | 1u << 5}, {"cnn", 1u << 4 | 1u << 5}, {"cnn", 1u << 5},
	{"signal", 1u << 1 | 1u << 3}, {"signal", 1u << 3},
};
#define PARTLY (sizeof(partly) / sizeof(partly[0]))

static struct net opened(size_t i)
{
	struct tintin_options options = {.train = partly[i].train};

	promise_about("%s, train %x", partly[i].name, partly[i].train);
	return net_named(partly[i].name, &options);
}

static void latent_of(struct tintin *net, const int8_t *x, int8_t *latent)
{
	struct tintin_question q = {
		.x = x, .n = tintin_input_length(net), .label = -1, .tap = latent};
	struct tintin_answer a;

	EXPECT_EQ(tintin_ask(net, &q, &a), 0);
}

PROMISE(learning_from_a_latent_gives_the_bits_of_learning_from_its_sample)
{
	for (size_t i = 0; i < PARTLY; i++) {
		struct net whole = opened(i), upper = opened(i);
		size_t n = tintin_input_length(&whole.tintin);
		size_t m = tintin_latent_length(&whole.tintin);
		int8_t x[LONGEST], *latent = malloc(m);

		for (uint32_t k = 0; k < 80; k++) {
			uint16_t label = net_sample(&whole.tintin, k, x);

			EXPECT_EQ(tintin_learn(&whole.tintin, x, n, label, NULL), 0);
			latent_of(&upper.tintin, x, latent);
			EXPECT_EQ(tintin_learn_from(&upper.tintin, latent, m, label), 0);
			while (tintin_learn_slice(&upper.tintin)) {
			}
		}
		net_expect_equal(&whole.tintin, &upper.tintin);
		free(latent);
		net_close(&whole);
		net_close(&upper);
	}
}

PROMISE(a_latent_never_goes_stale)
{
	struct net net = opened(3);
	size_t m = tintin_latent_length(&net.tintin);
	int8_t x[LONGEST], *early = malloc(m), *late = malloc(m);

	net_sample(&net.tintin, 5, x);
	latent_of(&net.tintin, x, early);
	net_learn(&net.tintin, 300);
	latent_of(&net.tintin, x, late);
	EXPECT_EQ(memcmp(early, late, m), 0);
	free(early);
	free(late);
	net_close(&net);
}

PROMISE(a_latent_is_predicted_as_its_sample)
{
	for (size_t i = 0; i < PARTLY; i++) {
		struct net net = opened(i);
		size_t m = tintin_latent_length(&net.tintin);
		int8_t x[LONGEST], *latent = malloc(m);

		net_learn(&net.tintin, 60);
		for (uint32_t k = 0; k < 30; k++) {
			struct tintin_question q = {.x = latent, .n = m, .latent = true};
			struct tintin_prediction p;
			struct tintin_answer a;

			q.label = net_sample(&net.tintin, k, x);
			latent_of(&net.tintin, x, latent);
			EXPECT_EQ(tintin_predict(&net.tintin, x, tintin_input_length(&net.tintin), &p), 0);
			EXPECT_EQ(tintin_ask(&net.tintin, &q, &a), 0);
			EXPECT_EQ(a.prediction.label, p.label);
			EXPECT_EQ(a.prediction.confidence, p.confidence);
			EXPECT(a.loss >= tintin_loss(p.confidence)); /* the largest share, or another */
			if (q.label == p.label) {
				EXPECT_EQ(a.loss, tintin_loss(p.confidence));
			}
		}
		free(latent);
		net_close(&net);
	}
}

PROMISE(wrong_latents_and_questions_are_refused)
{
	struct net net = opened(4);
	size_t m = tintin_latent_length(&net.tintin);
	int8_t x[LONGEST] = {0};
	struct tintin_question q = {.x = x, .n = m, .latent = true, .label = 4};
	struct tintin_answer a;

	EXPECT_EQ(tintin_learn_from(&net.tintin, x, m + 1, 0), -EINVAL);
	EXPECT_EQ(tintin_learn_from(&net.tintin, x, m, 4), -EDOM);
	EXPECT_EQ(tintin_ask(&net.tintin, &q, &a), -EDOM);
	q = (struct tintin_question){.x = x, .n = m, .label = -1};
	EXPECT_EQ(tintin_ask(&net.tintin, &q, &a), -EINVAL);
	EXPECT_EQ(tintin_learn_from(&net.tintin, x, m, 0), 0);
	EXPECT_EQ(tintin_learn_from(&net.tintin, x, m, 0), -EBUSY);
	net_close(&net);
}

PROMISE(the_loss_falls_from_11357_to_0_and_doubling_takes_off_ln_2)
{
	EXPECT_EQ(tintin_loss(0), 11357 + 3); /* 16 ln 2 with the table's 710 / 1024 */
	EXPECT_EQ(tintin_loss(32768), 0);
	for (uint32_t p = 1; p <= 32768; p++) {
		EXPECT(tintin_loss((uint16_t)p) <= tintin_loss((uint16_t)(p - 1)));
	}
	for (uint32_t p = 64; p <= 16384; p *= 2) {
		int step = tintin_loss((uint16_t)p) - tintin_loss((uint16_t)(2 * p));

		EXPECT(step >= 709 && step <= 711);
	}
}

/* All classes but two are closed, and then it learns from those two. */
static void learn_two(struct tintin *net, uint32_t samples)
{
	size_t n = tintin_input_length(net);
	int8_t x[LONGEST];

	for (uint32_t i = 0; i < samples; i++) {
		uint16_t label = net_sample(net, i, x);

		if (label < 2) {
			EXPECT_EQ(tintin_learn(net, x, n, label, NULL), 0);
		}
	}
}

PROMISE(a_closed_class_is_never_predicted_and_nothing_flows_through_it)
{
	struct tintin_options all = {.train = TINTIN_TRAIN_ALL};
	struct net net = net_named("mlp", &all);
	struct tintin_weights w;
	int8_t x[LONGEST];

	for (uint16_t c = 2; c < 10; c++) {
		EXPECT_EQ(tintin_class_close(&net.tintin, c), 0);
		EXPECT(!tintin_class_is_open(&net.tintin, c));
	}
	learn_two(&net.tintin, 800);
	EXPECT_EQ(tintin_probe_weights(&net.tintin, 1, &w), 0);
	for (uint32_t i = 2 * 32; i < 10 * 32; i++) {
		EXPECT_EQ(w.weight[i], 0);
		EXPECT_EQ(w.fraction[i], 128);
	}
	for (uint16_t c = 0; c < 10; c++) {
		EXPECT_EQ(tintin_class_is_open(&net.tintin, c), c < 2);
	}
	for (uint32_t i = 0; i < 200; i++) {
		struct tintin_question q = {.x = x, .n = 64};
		struct tintin_answer a;

		net_sample(&net.tintin, i, x);
		q.label = (int32_t)(2 + i % 8);
		EXPECT_EQ(tintin_ask(&net.tintin, &q, &a), 0);
		EXPECT(a.prediction.label < 2);
		EXPECT_EQ(a.loss, tintin_loss(0));
	}
	net_close(&net);
}

PROMISE(a_closed_class_stays_closed_in_a_record)
{
	struct tintin_options all = {.train = TINTIN_TRAIN_ALL};
	struct net net = net_named("mlp", &all), again;
	struct blob saved;

	EXPECT_EQ(tintin_class_close(&net.tintin, 7), 0);
	net_learn(&net.tintin, 3);
	EXPECT_EQ(tintin_class_close(&net.tintin, 7), 0);
	saved = net_save(&net.tintin);
	again = net_open(&saved, &all);
	EXPECT(!tintin_class_is_open(&again.tintin, 7));
	EXPECT(tintin_class_is_open(&again.tintin, 6));
	blob_free(&saved);
	net_close(&again);
	net_close(&net);
}

static void forward_only(struct tintin *net, const int8_t *x, uint16_t label)
{
	EXPECT_EQ(tintin_learn_begin(net, x, tintin_input_length(net), label), 0);
	while (tintin_probe_phase(net) != net->record->layers + 1u) {
		EXPECT_EQ(tintin_learn_slice(net), 1);
	}
}

PROMISE(a_class_opened_at_a_sample_is_predicted_for_it_and_its_like)
{
	struct tintin_options all = {.train = TINTIN_TRAIN_ALL};
	struct net net = net_named("mlp", &all);
	uint32_t old = 0, fresh = 0, olds = 0, freshes = 0;
	int8_t x[LONGEST];
	uint32_t first = 0;

	for (uint16_t c = 2; c < 10; c++) {
		EXPECT_EQ(tintin_class_close(&net.tintin, c), 0);
	}
	learn_two(&net.tintin, 1500);
	while (net_sample(&net.tintin, first, x) != 5) {
		first++;
	}
	forward_only(&net.tintin, x, 5);
	EXPECT_EQ(tintin_class_imprint(&net.tintin, 1), 0);
	EXPECT(tintin_class_is_open(&net.tintin, 5));
	while (tintin_learn_slice(&net.tintin)) {
	}
	EXPECT_EQ(tintin_get_before(&net.tintin).label, 5);
	for (uint32_t i = 2000; i < 2600; i++) {
		struct tintin_prediction p;
		uint16_t label = net_sample(&net.tintin, i, x);

		EXPECT_EQ(tintin_predict(&net.tintin, x, 64, &p), 0);
		if (label < 2 && i % 16 != 7) {
			olds++;
			old += p.label == label;
		} else if (label == 5 && i % 16 != 7) {
			freshes++;
			fresh += p.label == 5;
		}
	}
	promise_about("new %u of %u, old %u of %u", fresh, freshes, old, olds);
	EXPECT(10 * fresh > 9 * freshes);
	EXPECT(10 * old > 9 * olds);
	net_close(&net);
}

PROMISE(opening_is_refused_where_there_is_no_forward_pass_or_no_head_that_learns)
{
	struct tintin_options lower = {.train = 1u << 0}, all = {.train = TINTIN_TRAIN_ALL};
	struct net frozen = net_named("mlp", &lower), net = net_named("mlp", &all);
	int8_t x[LONGEST] = {1};

	EXPECT_EQ(tintin_class_close(&frozen.tintin, 1), -EPERM);
	EXPECT_EQ(tintin_class_close(&net.tintin, 10), -EDOM);
	EXPECT_EQ(tintin_class_imprint(&net.tintin, 1), -EINVAL);
	EXPECT_EQ(tintin_learn_begin(&net.tintin, x, 64, 1), 0);
	EXPECT_EQ(tintin_class_imprint(&net.tintin, 1), -EINVAL);
	EXPECT_EQ(tintin_class_close(&net.tintin, 1), -EBUSY);
	forward_only(&frozen.tintin, x, 1);
	EXPECT_EQ(tintin_class_imprint(&frozen.tintin, 1), -EPERM);
	net_close(&frozen);
	net_close(&net);
}

PROMISE(class_means_are_the_means_and_predict_the_nearest)
{
	struct tintin_options last = {.train = 1u << 1};
	struct net net = net_named("mlp", &last);
	int8_t x[LONGEST], latent[32];
	int32_t sum[32] = {0};
	struct tintin_weights w;
	uint32_t hits = 0, learned = 0;

	for (uint16_t c = 0; c < 10; c++) {
		EXPECT_EQ(tintin_class_close(&net.tintin, c), 0);
	}
	for (uint32_t i = 0, n[10] = {0}; i < 400; i++) {
		uint16_t label = net_sample(&net.tintin, i, x);

		latent_of(&net.tintin, x, latent);
		forward_only(&net.tintin, x, label);
		EXPECT_EQ(tintin_class_mean(&net.tintin, (uint16_t)++n[label]), 0);
		EXPECT_EQ(tintin_probe_phase(&net.tintin), 0);
		for (int k = 0; label == 3 && k < 32; k++) {
			sum[k] += latent[k];
		}
		learned += label == 3;
	}
	EXPECT_EQ(tintin_probe_weights(&net.tintin, 1, &w), 0);
	for (int k = 0; k < 32; k++) {
		int32_t mean = (sum[k] * 256 + (int32_t)learned / 2) / (int32_t)learned;
		int32_t m = w.weight[3 * 32 + k] * 256 + w.fraction[3 * 32 + k] - 128;

		EXPECT(abs(m - mean) <= 64); /* a quarter of what the MACs see */
	}
	for (uint32_t i = 1000; i < 1200; i++) {
		struct tintin_prediction p;
		uint16_t label = net_sample(&net.tintin, i, x);

		EXPECT_EQ(tintin_predict(&net.tintin, x, 64, &p), 0);
		hits += p.label == label;
	}
	EXPECT(hits > 180);
	net_close(&net);
}
