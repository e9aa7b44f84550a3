/* SPDX-License-Identifier: Apache-2.0 */
/* Layers that do not learn stay in the record, and the record may move. */
#include <stdlib.h>
#include <string.h>

#include <net.h>
#include <tintin/probe.h>

static const struct tintin_options last_only = {.train = 1u << 1};
static const struct tintin_options all = {.train = TINTIN_TRAIN_ALL};

PROMISE(a_frozen_layer_costs_no_ram)
{
	struct net whole = net_named("mlp", &all), frozen = net_named("mlp", &last_only);
	size_t planes = 64 * 32 * 2 + 32 * 4;
	struct tintin_layer_info info;

	EXPECT(whole.arena.need - frozen.arena.need >= planes);
	EXPECT_EQ(tintin_layer_info(&frozen.tintin, 0, &info), 0);
	EXPECT(!info.trained);
	EXPECT_EQ(info.arena_weights, 0);
	net_close(&whole);
	net_close(&frozen);
}

PROMISE(a_frozen_layer_reads_its_weights_in_place)
{
	struct net net = net_named("mlp", &last_only);
	struct tintin_weights w;

	EXPECT_EQ(tintin_probe_weights(&net.tintin, 0, &w), 0);
	EXPECT((const uint8_t *)w.weight > net.record.data &&
	       (const uint8_t *)w.weight < net.record.data + net.record.size);
	EXPECT_EQ(tintin_probe_weights(&net.tintin, 1, &w), 0);
	EXPECT((const uint8_t *)w.weight > (uint8_t *)net.arena.base &&
	       (const uint8_t *)w.weight < (uint8_t *)net.arena.base + net.arena.size);
	net_close(&net);
}

PROMISE(a_frozen_layer_does_not_move)
{
	struct net net = net_named("cnn", &(struct tintin_options){.train = 1u << 5 | 1u << 2});
	struct blob saved;
	uint32_t data = 64 + 48 * 6, conv = 5 * 4 + 90 + 2 + 90 + 2;

	net_learn(&net.tintin, 100);
	saved = net_save(&net.tintin);
	EXPECT_EQ(memcmp(saved.data + data, net.record.data + data, conv), 0);
	EXPECT(memcmp(saved.data + data + conv, net.record.data + data + conv, 6 * 4) != 0);
	blob_free(&saved);
	net_close(&net);
}

PROMISE(the_record_is_never_written_to)
{
	struct tintin_options options[] = {all, last_only};

	for (int i = 0; i < 2; i++) {
		struct net net = net_named("mlp", &options[i]);
		struct blob before = blob_copy(net.record.data, net.record.size);

		net_learn(&net.tintin, 100);
		EXPECT(blob_equal(&before, &net.record));
		blob_free(&before);
		net_close(&net);
	}
}

PROMISE(after_a_rebase_the_old_record_may_go)
{
	struct net moved = net_named("mlp", &last_only), stays = net_named("mlp", &last_only);

	for (uint32_t step = 20; step <= 100; step += 20) {
		struct blob copy;

		net_learn(&moved.tintin, step);
		copy = net_save(&moved.tintin);
		EXPECT_EQ(tintin_rebase(&moved.tintin, copy.data, copy.size), 0);
		blob_free(&moved.record); /* a use of it is an AddressSanitizer report */
		moved.record = copy;
	}
	net_learn(&stays.tintin, 100);
	net_expect_equal(&moved.tintin, &stays.tintin);
	net_close(&moved);
	net_close(&stays);
}

PROMISE(a_rebase_onto_another_network_is_refused_and_the_old_record_stays)
{
	struct net net = net_named("mlp", &last_only), other = net_named("tiny", &all);
	struct blob damaged = net_save(&net.tintin);

	net_learn(&net.tintin, 3);
	EXPECT_EQ(tintin_rebase(&net.tintin, other.record.data, other.record.size), -ESTALE);
	damaged.data[100] ^= 1u;
	EXPECT_EQ(tintin_rebase(&net.tintin, damaged.data, damaged.size), -EBADMSG);
	EXPECT(net.tintin.record == (const void *)net.record.data);
	blob_free(&damaged);
	net_close(&other);
	net_learn(&net.tintin, 6);
	net_close(&net);
}

PROMISE(a_frozen_layer_may_come_without_fractions_and_be_saved_so)
{
	struct model m;
	struct blob b, saved;
	struct net net;

	EXPECT(model_named("mlp", &m));
	m.fractions = false;
	b = model_record(&m);
	net = net_open(&b, &last_only);
	net_learn(&net.tintin, 10);
	saved = net_save(&net.tintin);
	EXPECT_EQ(saved.size - b.size, 32 * 10);
	EXPECT_EQ(tintin_rebase(&net.tintin, saved.data, saved.size), 0);
	net_learn(&net.tintin, 20);
	blob_free(&saved);
	blob_free(&b);
	net_close(&net);
}
