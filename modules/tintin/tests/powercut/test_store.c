/* SPDX-License-Identifier: Apache-2.0 */
/* The store on flash that is empty, full, worn, damaged or described wrongly. */
#include <stdlib.h>
#include <string.h>

#include <net.h>

#include "ram_flash.h"

static const struct tintin_options last_only = {.train = 1u << 1};

/* A store that holds two saves of a network with a frozen layer, which reads from slot 1 now. */
struct saved {
	struct ram_flash *flash;
	struct tintin_store store;
	struct net net;
	struct blob newest, older;
};

static struct saved saved_twice(uint32_t slot, uint32_t erase_block)
{
	struct saved s = {.flash = ram_flash_new(2u * slot, erase_block, 4)};

	s.net = net_named("tiny", &last_only);
	EXPECT_EQ(tintin_store_mount(&s.store, &s.flash->flash), 0);
	net_learn(&s.net.tintin, 5);
	s.older = net_save(&s.net.tintin);
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), 0);
	net_learn(&s.net.tintin, 10);
	s.newest = net_save(&s.net.tintin);
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), 0);
	return s;
}

static void done(struct saved *s)
{
	ram_flash_free(s->flash);
	net_close(&s->net);
	blob_free(&s->newest);
	blob_free(&s->older);
}

static bool holds(const struct tintin_store *store, const struct blob *want)
{
	struct blob got;
	const void *record;

	if (tintin_store_load(store, &record, &got.size) != 0) {
		return false;
	}
	got.data = (uint8_t *)(uintptr_t)record;
	return blob_equal(&got, want);
}

/* Boot anew: is @p want the newest record? */
static bool holds_after_boot(struct saved *s, const struct blob *want)
{
	struct tintin_store store;

	EXPECT_EQ(tintin_store_mount(&store, &s->flash->flash), 0);
	return holds(&store, want);
}

static void expect_empty(struct ram_flash *flash)
{
	struct tintin_store store;
	const void *record;
	size_t size;

	EXPECT_EQ(tintin_store_mount(&store, &flash->flash), 0);
	EXPECT_EQ(tintin_store_load(&store, &record, &size), -ENOENT);
}

PROMISE(flash_that_was_never_written_is_an_empty_store)
{
	struct ram_flash *flash = ram_flash_new(1024, 512, 4);

	expect_empty(flash);
	memset(flash->memory, 0, 1024); /* as RAM of a simulator that was not loaded */
	expect_empty(flash);
	for (uint32_t seed = 0; seed < 100; seed++) {
		for (uint32_t i = 0; i < 1024; i++) {
			flash->memory[i] = (uint8_t)model_hash(seed * 1024u + i);
		}
		expect_empty(flash);
	}
	ram_flash_free(flash);
}

PROMISE(the_newest_record_is_the_one_saved_last)
{
	struct saved s = saved_twice(512, 512);

	EXPECT(holds(&s.store, &s.newest));
	EXPECT(holds_after_boot(&s, &s.newest));
	EXPECT_EQ(s.store.sequence, 2);
	done(&s);
}

PROMISE(a_network_reads_its_frozen_layers_from_what_was_saved_last)
{
	struct saved s = saved_twice(512, 512);
	const void *record;
	size_t size;

	EXPECT_EQ(tintin_store_load(&s.store, &record, &size), 0);
	EXPECT(s.net.tintin.record == record);
	done(&s);
}

PROMISE(the_slots_take_turns)
{
	struct saved s = saved_twice(512, 256);

	for (uint32_t i = 2; i < 9; i++) {
		EXPECT_EQ(s.store.sequence, i);
		EXPECT_EQ(s.store.newest, (i + 1u) % 2u);
		net_learn(&s.net.tintin, s.net.tintin.step + 1u);
		EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), 0);
	}
	done(&s);
}

PROMISE(a_damaged_newest_record_falls_back_to_the_older_one)
{
	struct saved s = saved_twice(512, 512);
	size_t used = 64u + s.newest.size;

	for (size_t bit = 0; bit < 8u * used; bit++) {
		uint8_t *byte = &s.flash->memory[512 + bit / 8];
		bool in_use = bit / 8 < 32 || bit / 8 >= 64;

		*byte ^= (uint8_t)(1u << bit % 8);
		promise_about("bit %zu of byte %zu", bit % 8, bit / 8);
		EXPECT(holds_after_boot(&s, in_use ? &s.older : &s.newest));
		*byte ^= (uint8_t)(1u << bit % 8);
	}
	done(&s);
}

PROMISE(a_mark_without_its_record_is_nothing)
{
	struct saved s = saved_twice(512, 512);

	memset(s.flash->memory + 64, 0xff, 448);
	memset(s.flash->memory + 512 + 64, 0xff, 448);
	expect_empty(s.flash);
	done(&s);
}

PROMISE(a_mark_that_claims_more_than_the_slot_holds_is_nothing)
{
	static const uint32_t sizes[] = {449, 512, 1024, UINT32_MAX, 0, 3, 63};
	struct saved s = saved_twice(512, 512);
	uint32_t mark[8];

	memcpy(mark, s.flash->memory + 512, sizeof(mark));
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		mark[2] = sizes[i];
		mark[7] = model_crc32(0, mark, 28);
		memcpy(s.flash->memory + 512, mark, sizeof(mark));
		promise_about("size %u", sizes[i]);
		EXPECT(holds_after_boot(&s, &s.older));
	}
	done(&s);
}

/* Saving on flash that fails: -EIO, the former record stays, the network goes on, and once the
 * flash works again so does saving. */
static void expect_failed_save(struct saved *s)
{
	struct tintin_prediction before, after;
	int8_t x[4] = {90, -20, 50, 3};

	EXPECT_EQ(tintin_predict(&s->net.tintin, x, 4, &before), 0);
	EXPECT_EQ(tintin_store_save(&s->store, &s->net.tintin), -EIO);
	EXPECT(holds(&s->store, &s->newest));
	EXPECT(holds_after_boot(s, &s->newest));
	EXPECT_EQ(tintin_predict(&s->net.tintin, x, 4, &after), 0);
	EXPECT_EQ(before.confidence, after.confidence);
}

static void expect_healed_save(struct saved *s)
{
	struct blob want;

	s->flash->wear = WEAR_NONE;
	net_learn(&s->net.tintin, s->net.tintin.step + 1u);
	want = net_save(&s->net.tintin);
	EXPECT_EQ(tintin_store_save(&s->store, &s->net.tintin), 0);
	EXPECT(holds(&s->store, &want));
	EXPECT(holds_after_boot(s, &want));
	blob_free(&want);
}

static void wear(struct saved *s, enum wear how, uint32_t at)
{
	s->flash->wear = how;
	s->flash->worn_at = at;
	s->flash->worn_mask = (uint8_t)(1u << model_hash(at) % 8u);
}

PROMISE(a_slot_that_cannot_be_programmed_loses_nothing)
{
	for (uint32_t at = 0; at < 64 + 261; at += 3) {
		struct saved s = saved_twice(512, 256);

		promise_about("byte %u", at);
		if (at < 32 || (at >= 64 && at < 64 + s.newest.size)) {
			wear(&s, WEAR_PROGRAM_FAILS, at);
			expect_failed_save(&s);
			expect_healed_save(&s);
		}
		done(&s);
	}
}

PROMISE(a_slot_that_cannot_be_erased_loses_nothing)
{
	for (uint32_t at = 0; at < 384; at += 128) {
		struct saved s = saved_twice(512, 128);

		promise_about("byte %u", at);
		if (at < 64u + s.newest.size) {
			wear(&s, WEAR_ERASE_FAILS, at);
			expect_failed_save(&s);
			expect_healed_save(&s);
		}
		done(&s);
	}
}

PROMISE(a_bit_that_is_stuck_is_noticed_or_does_no_harm)
{
	unsigned int noticed = 0, harmless = 0;

	for (uint32_t i = 0; i < 2u * 512u; i++) {
		struct saved s = saved_twice(512, 512);
		struct blob want = net_save(&s.net.tintin);

		promise_about("byte %u stuck %s", i / 2, i % 2 ? "high" : "low");
		wear(&s, i % 2 ? WEAR_STUCK_HIGH : WEAR_STUCK_LOW, i / 2);
		if (tintin_store_save(&s.store, &s.net.tintin) == 0) {
			EXPECT(holds_after_boot(&s, &want));
			harmless++;
		} else {
			EXPECT(holds(&s.store, &s.newest));
			EXPECT(holds_after_boot(&s, &s.newest));
			expect_healed_save(&s);
			noticed++;
		}
		blob_free(&want);
		done(&s);
	}
	EXPECT(noticed > 100 && harmless > 100);
}

PROMISE(a_flash_that_does_not_sync_or_read_back_loses_nothing)
{
	struct saved s = saved_twice(512, 512);
	struct tintin_store store;

	s.flash->sync_fails = true;
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), -EIO);
	EXPECT(holds_after_boot(&s, &s.newest));
	s.flash->sync_fails = false;
	s.flash->read_fails = true;
	EXPECT_EQ(tintin_store_mount(&store, &s.flash->flash), -EIO);
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), -EIO);
	s.flash->read_fails = false;
	EXPECT(holds(&s.store, &s.newest));
	expect_healed_save(&s);
	done(&s);
}

PROMISE(a_record_that_does_not_fit_is_refused_before_anything_is_erased)
{
	struct saved s = saved_twice(512, 512);
	const struct tintin_options all = {.train = TINTIN_TRAIN_ALL};
	struct net big = net_named("mlp", &all);
	struct blob before = blob_copy(s.flash->memory, 1024);
	uint32_t work = s.flash->work;

	EXPECT_EQ(tintin_store_save(&s.store, &big.tintin), -ENOSPC);
	EXPECT_EQ(s.flash->work, work);
	EXPECT_EQ(memcmp(before.data, s.flash->memory, 1024), 0);
	EXPECT(holds(&s.store, &s.newest));
	blob_free(&before);
	net_close(&big);
	done(&s);
}

PROMISE(a_record_that_just_fits_is_saved_and_one_that_grows_by_four_bytes_is_not)
{
	const struct tintin_options all = {.train = TINTIN_TRAIN_ALL};
	struct net net = net_named("mlp", &all);
	uint32_t slot = 64u + (uint32_t)tintin_save_size(&net.tintin);

	for (uint32_t less = 0; less <= 4; less += 4) {
		struct ram_flash *flash = ram_flash_new(2 * (slot - less), slot - less, 4);
		struct tintin_store store;

		EXPECT_EQ(tintin_store_mount(&store, &flash->flash), 0);
		EXPECT_EQ(tintin_store_capacity(&store), slot - less - 64u);
		EXPECT_EQ(tintin_store_save(&store, &net.tintin), less ? -ENOSPC : 0);
		if (less == 0) { /* the network reads from flash now: give it its record back */
			EXPECT_EQ(tintin_rebase(&net.tintin, net.record.data, net.record.size), 0);
		}
		ram_flash_free(flash);
	}
	net_close(&net);
}

PROMISE(a_step_under_way_is_not_saved_and_nothing_is_erased)
{
	struct saved s = saved_twice(512, 512);
	uint32_t work = s.flash->work;
	int8_t x[4] = {1, 2, 3, 4};

	EXPECT_EQ(tintin_learn_begin(&s.net.tintin, x, 4, 0), 0);
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), -EBUSY);
	EXPECT_EQ(s.flash->work, work);
	done(&s);
}

PROMISE(an_erased_store_is_empty_now_and_after_a_boot)
{
	struct saved s = saved_twice(512, 256);
	const void *record;
	size_t size;

	EXPECT_EQ(tintin_store_erase(&s.store), 0);
	EXPECT_EQ(tintin_store_load(&s.store, &record, &size), -ENOENT);
	expect_empty(s.flash);
	done(&s);
}

static void erase(void *context)
{
	struct saved *s = context;

	EXPECT_EQ(tintin_store_erase(&s->store), 0);
}

PROMISE(power_may_go_at_any_byte_of_forgetting_and_nothing_older_comes_back)
{
	for (uint32_t cut = 1;; cut++) {
		struct saved s = saved_twice(512, 256);
		struct tintin_store store;
		const void *record;
		size_t size;

		s.flash->cut = s.flash->work + cut;
		s.flash->seed = cut;
		if (ram_flash_powered(s.flash, erase, &s)) {
			EXPECT(cut > 1024);
			done(&s);
			return;
		}
		s.flash->dark = false;
		promise_about("cut at byte %u", cut);
		EXPECT_EQ(tintin_store_mount(&store, &s.flash->flash), 0);
		EXPECT(tintin_store_load(&store, &record, &size) == -ENOENT ||
		       holds(&store, &s.newest));
		done(&s);
	}
}

PROMISE(forgetting_that_fails_leaves_a_whole_record_or_none)
{
	for (uint32_t block = 0; block < 4; block++) {
		for (uint32_t seed = 0; seed < 20; seed++) {
			struct saved s = saved_twice(512, 256);
			const void *record;
			size_t size;
			int error;

			promise_about("block %u, seed %u", block, seed);
			wear(&s, WEAR_ERASE_FAILS, 256u * block);
			s.flash->seed = seed;
			EXPECT_EQ(tintin_store_erase(&s.store), -EIO);
			error = tintin_store_load(&s.store, &record, &size);
			EXPECT(error == -ENOENT || (error == 0 && holds(&s.store, &s.newest)));
			done(&s);
		}
	}
}

PROMISE(a_flash_description_that_breaks_the_rules_is_refused)
{
	struct ram_flash *good = ram_flash_new(1024, 256, 8);
	struct tintin_store store;
	struct tintin_flash bad[9];

	for (int i = 0; i < 9; i++) {
		bad[i] = good->flash;
	}
	bad[0].write_block = 0;
	bad[1].write_block = 3;
	bad[2].write_block = 64;
	bad[3].erase_block = 0;
	bad[4].erase_block = 250;
	bad[5].size = 511; /* less than two erase blocks */
	bad[6].base = NULL;
	bad[7].base = good->memory + 2;
	bad[8].erase_block = 2048;
	for (int i = 0; i < 9; i++) {
		promise_about("description %d", i);
		EXPECT_EQ(tintin_store_mount(&store, &bad[i]), -EINVAL);
	}
	EXPECT_EQ(good->reads, 0);
	EXPECT_EQ(tintin_store_mount(&store, &good->flash), 0);
	ram_flash_free(good);
}

PROMISE(the_halves_of_an_odd_flash_are_whole_erase_blocks)
{
	struct ram_flash *flash = ram_flash_new(5 * 256, 256, 8);
	struct tintin_store store;

	EXPECT_EQ(tintin_store_mount(&store, &flash->flash), 0);
	EXPECT_EQ(tintin_store_capacity(&store), 2 * 256 - 64);
	ram_flash_free(flash);
}
