/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <net.h>

static const char *const names[] = {"tiny", "mlp", "cnn", "signal"};
#define NAMES (sizeof(names) / sizeof(names[0]))

static const struct tintin_options choices[] = {
	{.train = TINTIN_TRAIN_NONE},
	{.train = TINTIN_TRAIN_ALL},
	{.train = TINTIN_TRAIN_ALL, .concurrent = true},
	{.train = TINTIN_TRAIN_ALL, .batch_log2 = 3},
	{.train = TINTIN_TRAIN_ALL, .batch_log2 = 6, .concurrent = true},
	{.train = 1u},
	{.train = 1u << 1 | 1u << 5},
	{.train = 1u << 31}, /* no such layer: the same as none */
};
#define CHOICES (sizeof(choices) / sizeof(choices[0]))

static void use(struct net *net)
{
	size_t n = tintin_input_length(&net->tintin);
	int8_t *x = malloc(n);

	for (uint32_t i = 0; i < 5; i++) {
		struct tintin_prediction p;
		uint16_t label = net_sample(&net->tintin, i, x);
		int error = tintin_learn(&net->tintin, x, n, label, &p);

		EXPECT(error == 0 || error == -EPERM);
		EXPECT_EQ(tintin_predict(&net->tintin, x, n, &p), 0);
	}
	EXPECT_EQ(tintin_learn_flush(&net->tintin), 0);
	free(x);
}

PROMISE(an_arena_of_exactly_the_size_asked_for_is_enough)
{
	for (size_t i = 0; i < NAMES * CHOICES; i++) {
		struct net net = net_named(names[i / CHOICES], &choices[i % CHOICES]);

		promise_about("%s, choice %zu", names[i / CHOICES], i % CHOICES);
		EXPECT_EQ(net.arena.need, net.arena.size);
		use(&net); /* AddressSanitizer guards both ends */
		net_close(&net);
	}
}

PROMISE(an_arena_one_byte_too_small_is_refused_and_says_what_it_takes)
{
	for (size_t i = 0; i < NAMES * CHOICES; i++) {
		struct net net = net_named(names[i / CHOICES], &choices[i % CHOICES]);
		struct tintin_arena arena = {.size = net.arena.size - 1u};
		struct tintin other;

		arena.base = malloc(arena.size);
		EXPECT_EQ(tintin_open(&other, net.record.data, net.record.size,
				      &choices[i % CHOICES], &arena),
			  -ENOMEM);
		EXPECT_EQ(arena.need, net.arena.size);
		free(arena.base);
		net_close(&net);
	}
}

PROMISE(no_arena_at_all_is_too_small)
{
	struct net net = net_named("tiny", &choices[1]);
	struct tintin_arena arena = {.base = NULL, .size = SIZE_MAX};
	struct tintin other;

	EXPECT_EQ(tintin_open(&other, net.record.data, net.record.size, &choices[1], &arena),
		  -ENOMEM);
	EXPECT_EQ(arena.need, net.arena.size);
	net_close(&net);
}

PROMISE(a_misaligned_arena_is_refused)
{
	struct net net = net_named("tiny", &choices[1]);
	uint8_t *room = malloc(net.arena.size + 8u);

	for (unsigned int shift = 1; shift < 4; shift++) {
		struct tintin_arena arena = {.base = room + shift, .size = net.arena.size + 4u};
		struct tintin other;

		EXPECT_EQ(tintin_open(&other, net.record.data, net.record.size, &choices[1],
				      &arena),
			  -EINVAL);
	}
	free(room);
	net_close(&net);
}

PROMISE(a_batch_of_more_than_64_is_refused)
{
	struct net net = net_named("tiny", &choices[1]);
	struct tintin_options options = {.train = TINTIN_TRAIN_ALL, .batch_log2 = 7};
	size_t need = 77;

	EXPECT_EQ(tintin_arena_size(net.record.data, net.record.size, &options, &need), -EINVAL);
	EXPECT_EQ(need, 77);
	net_close(&net);
}

PROMISE(what_the_arena_held_before_does_not_matter)
{
	struct tintin_options options = {.train = TINTIN_TRAIN_ALL, .batch_log2 = 1};

	for (size_t i = 0; i < NAMES; i++) {
		struct net a = net_named(names[i], &options), b = net_named(names[i], &options);

		memset(b.arena.base, 0xff, b.arena.size);
		EXPECT_EQ(tintin_open(&b.tintin, b.record.data, b.record.size, &options, &b.arena),
			  0);
		net_learn(&a.tintin, 20);
		net_learn(&b.tintin, 20);
		net_expect_equal(&a.tintin, &b.tintin);
		net_close(&a);
		net_close(&b);
	}
}

PROMISE(a_network_that_only_predicts_keeps_no_weights_in_ram)
{
	struct net net = net_named("mlp", &choices[0]);

	EXPECT(net.arena.need < 500);
	for (unsigned int l = 0; l < 2; l++) {
		struct tintin_layer_info info;

		EXPECT_EQ(tintin_layer_info(&net.tintin, l, &info), 0);
		EXPECT_EQ(info.arena_weights, 0);
		EXPECT_EQ(info.arena_kept, 0);
		EXPECT_EQ(info.macs_backward, 0);
	}
	net_close(&net);
}

PROMISE(a_mini_batch_costs_four_bytes_a_parameter_and_only_when_chosen)
{
	struct net one = net_named("mlp", &choices[1]), batch = net_named("mlp", &choices[3]);

	EXPECT_EQ(batch.arena.need - one.arena.need, 4 * (64 * 32 + 32 + 32 * 10 + 10));
	net_close(&one);
	net_close(&batch);
}

PROMISE(the_digits_network_trains_in_less_than_six_kilobytes)
{
	struct net net = net_named("mlp", &choices[1]);

	EXPECT(net.arena.need < 6 * 1024);
	net_close(&net);
}

PROMISE(fewer_fraction_bits_take_less_ram_by_as_much)
{
	static const uint8_t bits[] = {8, 4, 0};
	size_t need[3];

	for (int i = 0; i < 3; i++) {
		struct model m;
		struct blob b;

		EXPECT(model_named("mlp", &m));
		m.layer[0].fraction_bits = m.layer[1].fraction_bits = bits[i];
		b = model_record(&m);
		EXPECT_EQ(tintin_arena_size(b.data, b.size, &choices[1], &need[i]), 0);
		blob_free(&b);
	}
	EXPECT_EQ(need[0] - need[1], (64 * 32 + 32 * 10) / 2);
	EXPECT_EQ(need[1] - need[2], (64 * 32 + 32 * 10) / 2);
}

PROMISE(the_layer_table_says_what_each_layer_is_and_costs)
{
	struct net net = net_named("mlp", &choices[1]);
	struct tintin_layer_info info;

	EXPECT_EQ(tintin_layer_info(&net.tintin, 0, &info), 0);
	EXPECT_EQ(info.kind, TINTIN_DENSE);
	EXPECT(info.relu && info.trained);
	EXPECT_EQ(info.parameters, 64 * 32 + 32);
	EXPECT_EQ(info.macs, 64 * 32);
	EXPECT_EQ(info.macs_backward, 64 * 32); /* no error goes below the first layer */
	EXPECT_EQ(info.flash, 64 * 32 * 2 + 32 * 4);
	EXPECT_EQ(info.arena_weights, 64 * 32 * 2 + 32 * 4);
	EXPECT_EQ(info.arena_kept, 64);
	EXPECT_EQ(tintin_layer_info(&net.tintin, 1, &info), 0);
	EXPECT_EQ(info.macs_backward, 2 * 32 * 10);
	EXPECT_EQ(tintin_layer_info(&net.tintin, 2, &info), -EINVAL);
	net_close(&net);
}
