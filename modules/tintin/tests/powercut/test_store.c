/* SPDX-License-Identifier: Apache-2.0 */
/* The store on flash that is empty, damaged, forgotten or described wrongly. */
#include <stdlib.h>
#include <string.h>

#include "saved.h"

static void expect_empty(struct ram_flash *flash)
{
	struct tintin_store store;
	const void *record;
	size_t size;

	EXPECT_EQ(tintin_store_mount(&store, &flash->flash), 0);
	EXPECT_EQ(tintin_store_load(&store, &record, &size), -ENOENT);
}

static unsigned int damaged(struct ram_flash *flash)
{
	struct tintin_store store;

	EXPECT_EQ(tintin_store_mount(&store, &flash->flash), 0);
	return store.damaged;
}

PROMISE(flash_that_was_never_written_is_an_empty_store)
{
	struct ram_flash *flash = ram_flash_new(1024, 512, 4);

	expect_empty(flash);
	memset(flash->memory, 0, 1024); /* as RAM of a simulator that was not loaded */
	expect_empty(flash);
	EXPECT_EQ(damaged(flash), 0);
	for (uint32_t seed = 0; seed < 100; seed++) {
		for (uint32_t i = 0; i < 1024; i++) {
			flash->memory[i] = (uint8_t)model_hash(seed * 1024u + i);
		}
		expect_empty(flash);
		EXPECT_EQ(damaged(flash), 2);
	}
	ram_flash_free(flash);
}

PROMISE(the_newest_record_is_the_one_saved_last)
{
	struct saved s = saved_twice(512, 512);

	EXPECT(saved_holds(&s.store, &s.newest));
	EXPECT(saved_holds_after_boot(&s, &s.newest));
	EXPECT_EQ(s.store.sequence, 2);
	saved_free(&s);
}

PROMISE(a_network_reads_its_frozen_layers_from_what_was_saved_last)
{
	struct saved s = saved_twice(512, 512);
	const void *record;
	size_t size;

	EXPECT_EQ(tintin_store_load(&s.store, &record, &size), 0);
	EXPECT(s.net.tintin.record == record);
	saved_free(&s);
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
	saved_free(&s);
}

/* Saves the companions over what slot 0 holds. */
static int save_beside(struct saved *s, size_t size)
{
	static const uint8_t bytes[1024] = {1, 2, 3};
	const struct tintin_companion beside[] = {
		{.tag = 1, .data = bytes, .size = size},
		{.tag = 2, .data = NULL, .size = 0},
		{.tag = 3, .data = bytes, .size = 3},
	};

	return tintin_store_save_with(&s->store, &s->net.tintin, beside, 3);
}

PROMISE(companions_come_back_by_their_tags_with_the_record_of_their_moment)
{
	struct saved s = saved_twice(1024, 512);
	const void *data;
	size_t size;

	EXPECT_EQ(tintin_store_companion(&s.store, 1, &data, &size), -ENOENT);
	EXPECT_EQ(save_beside(&s, 6), 0);
	for (int boots = 0; boots < 2; boots++) {
		EXPECT_EQ(tintin_store_companion(&s.store, 1, &data, &size), 0);
		EXPECT_EQ(size, 6);
		EXPECT_EQ(memcmp(data, "\1\2\3\0\0\0", 6), 0);
		EXPECT_EQ((uintptr_t)data % 4u, 0);
		EXPECT_EQ(tintin_store_companion(&s.store, 2, &data, &size), 0);
		EXPECT_EQ(size, 0);
		EXPECT_EQ(tintin_store_companion(&s.store, 3, &data, &size), 0);
		EXPECT_EQ(size, 3);
		EXPECT_EQ(tintin_store_companion(&s.store, 4, &data, &size), -ENOENT);
		EXPECT_EQ(tintin_store_mount(&s.store, &s.flash->flash), 0);
	}
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), 0);
	EXPECT_EQ(tintin_store_companion(&s.store, 1, &data, &size), -ENOENT);
	saved_free(&s);
}

PROMISE(companions_fit_to_the_last_word_or_are_refused_before_anything_is_erased)
{
	struct saved s = saved_twice(1024, 512);
	size_t record = (tintin_save_size(&s.net.tintin) + 3u) & ~(size_t)3u;
	size_t room = tintin_store_capacity(&s.store) - record - 3u * 8u - 4u;

	EXPECT_EQ(save_beside(&s, room + 1u), -ENOSPC);
	EXPECT_EQ(save_beside(&s, SIZE_MAX), -ENOSPC);
	EXPECT_EQ(s.store.sequence, 2);
	EXPECT(saved_holds_after_boot(&s, &s.newest));
	EXPECT_EQ(save_beside(&s, room), 0);
	EXPECT_EQ(s.store.sequence, 3);
	saved_free(&s);
}

PROMISE(a_damaged_companion_falls_back_to_the_older_record)
{
	struct saved s = saved_twice(1024, 512);
	size_t begin = 64u + ((s.newest.size + 3u) & ~(size_t)3u), used = 3u * 8u + 8u + 4u;

	EXPECT_EQ(save_beside(&s, 6), 0);
	for (size_t bit = 0; bit < 8u * used; bit++) {
		uint8_t *byte = &s.flash->memory[begin + bit / 8];

		*byte ^= (uint8_t)(1u << bit % 8);
		promise_about("bit %zu of byte %zu", bit % 8, bit / 8);
		EXPECT_EQ(tintin_store_mount(&s.store, &s.flash->flash), 0);
		EXPECT_EQ(s.store.sequence, 2);
		*byte ^= (uint8_t)(1u << bit % 8);
	}
	EXPECT_EQ(tintin_store_mount(&s.store, &s.flash->flash), 0);
	EXPECT_EQ(s.store.sequence, 3);
	saved_free(&s);
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
		EXPECT(saved_holds_after_boot(&s, in_use ? &s.older : &s.newest));
		EXPECT_EQ(tintin_store_mount(&s.store, &s.flash->flash), 0);
		EXPECT_EQ(s.store.damaged, in_use);
		*byte ^= (uint8_t)(1u << bit % 8);
	}
	saved_free(&s);
}

PROMISE(a_mark_without_its_record_is_nothing)
{
	struct saved s = saved_twice(512, 512);

	memset(s.flash->memory + 64, 0xff, 448);
	memset(s.flash->memory + 512 + 64, 0xff, 448);
	expect_empty(s.flash);
	saved_free(&s);
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
		EXPECT(saved_holds_after_boot(&s, &s.older));
	}
	saved_free(&s);
}

PROMISE(an_erased_store_is_empty_now_and_after_a_boot)
{
	struct saved s = saved_twice(512, 256);
	const void *record;
	size_t size;

	EXPECT_EQ(tintin_store_erase(&s.store), 0);
	EXPECT_EQ(tintin_store_load(&s.store, &record, &size), -ENOENT);
	expect_empty(s.flash);
	saved_free(&s);
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
			saved_free(&s);
			return;
		}
		s.flash->dark = false;
		promise_about("cut at byte %u", cut);
		EXPECT_EQ(tintin_store_mount(&store, &s.flash->flash), 0);
		EXPECT(tintin_store_load(&store, &record, &size) == -ENOENT ||
		       saved_holds(&store, &s.newest));
		saved_free(&s);
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
