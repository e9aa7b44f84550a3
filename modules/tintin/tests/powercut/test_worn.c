/* SPDX-License-Identifier: Apache-2.0 */
/* The store on flash that is full or worn: a save fails with its reason and loses nothing. */
#include <stdlib.h>
#include <string.h>

#include "saved.h"

/* Saving on flash that fails: -EIO, the former record stays, the network goes on, and once the
 * flash works again so does saving. */
static void expect_failed_save(struct saved *s)
{
	struct tintin_prediction before, after;
	int8_t x[4] = {90, -20, 50, 3};

	EXPECT_EQ(tintin_predict(&s->net.tintin, x, 4, &before), 0);
	EXPECT_EQ(tintin_store_save(&s->store, &s->net.tintin), -EIO);
	EXPECT(saved_holds(&s->store, &s->newest));
	EXPECT(saved_holds_after_boot(s, &s->newest));
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
	EXPECT(saved_holds(&s->store, &want));
	EXPECT(saved_holds_after_boot(s, &want));
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
		saved_free(&s);
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
		saved_free(&s);
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
			EXPECT(saved_holds_after_boot(&s, &want));
			harmless++;
		} else {
			EXPECT(saved_holds(&s.store, &s.newest));
			EXPECT(saved_holds_after_boot(&s, &s.newest));
			expect_healed_save(&s);
			noticed++;
		}
		blob_free(&want);
		saved_free(&s);
	}
	EXPECT(noticed > 100 && harmless > 100);
}

PROMISE(a_flash_that_does_not_sync_or_read_back_loses_nothing)
{
	struct saved s = saved_twice(512, 512);
	struct tintin_store store;

	s.flash->sync_fails = true;
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), -EIO);
	EXPECT(saved_holds_after_boot(&s, &s.newest));
	s.flash->sync_fails = false;
	s.flash->read_fails = true;
	EXPECT_EQ(tintin_store_mount(&store, &s.flash->flash), -EIO);
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), -EIO);
	s.flash->read_fails = false;
	EXPECT(saved_holds(&s.store, &s.newest));
	expect_healed_save(&s);
	saved_free(&s);
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
	EXPECT(saved_holds(&s.store, &s.newest));
	blob_free(&before);
	net_close(&big);
	saved_free(&s);
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
	saved_free(&s);
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
			EXPECT(error == -ENOENT || saved_holds(&s.store, &s.newest));
			saved_free(&s);
		}
	}
}
