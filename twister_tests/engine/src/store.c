/* SPDX-License-Identifier: Apache-2.0 */
/* The store over the board's flash: what was saved is there again, and damage costs one save. */
#include <zephyr/storage/flash_map.h>
#include <zephyr/ztest.h>

#include <tintin/store.h>

#include "flash_area.h"
#include "golden.h"
#include "samples.h"

static struct tintin_flash flash;
static struct tintin_store store;
static struct tintin net;

/* What a reboot does. */
static void mount(void)
{
	zassert_ok(tintin_store_mount(&store, &flash));
}

static uint32_t saved_step(void)
{
	const void *record;
	size_t size;

	if (tintin_store_load(&store, &record, &size) != 0) {
		return 0;
	}
	return ((const struct tintin_header *)record)->step;
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	zassert_ok(tintin_flash_area(&flash));
	zassert_ok(flash.erase(flash.context, 0, flash.size));
	mount();
	open_network(&net);
}

ZTEST(store, test_an_empty_store_holds_nothing)
{
	const void *record;
	size_t size;

	zassert_equal(tintin_store_load(&store, &record, &size), -ENOENT);
}

ZTEST(store, test_training_goes_on_over_a_reboot_as_if_there_were_none)
{
	static const struct tintin_options options = {.train = TINTIN_TRAIN_ALL};
	struct tintin_arena arena = {.base = test_arena, .size = sizeof(test_arena)};
	const void *record;
	size_t size;

	learn_samples(&net, GOLDEN_STEPS / 2);
	zassert_ok(tintin_store_save(&store, &net));
	memset(test_arena, 0x55, sizeof(test_arena));
	mount();
	zassert_ok(tintin_store_load(&store, &record, &size));
	zassert_ok(tintin_open(&net, record, size, &options, &arena));
	learn_samples(&net, GOLDEN_STEPS / 2);
	zassert_equal(record_crc(&net), GOLDEN_CRC, "CRC 0x%08x", record_crc(&net));
}

ZTEST(store, test_slots_take_turns_and_the_newest_counts)
{
	for (uint32_t step = 1; step <= 5; step++) {
		learn_samples(&net, 1);
		zassert_ok(tintin_store_save(&store, &net));
		mount();
		zassert_equal(saved_step(), step);
	}
}

ZTEST(store, test_a_damaged_newest_record_gives_way_to_the_one_before)
{
	uint32_t slot;

	learn_samples(&net, 1);
	zassert_ok(tintin_store_save(&store, &net));
	learn_samples(&net, 1);
	zassert_ok(tintin_store_save(&store, &net));
	slot = store.newest * store.slot_size;
	zassert_ok(flash.erase(flash.context, slot, flash.erase_block));
	mount();
	zassert_equal(saved_step(), 1);
}

ZTEST(store, test_erasing_forgets)
{
	learn_samples(&net, 1);
	zassert_ok(tintin_store_save(&store, &net));
	zassert_ok(tintin_store_erase(&store));
	zassert_equal(saved_step(), 0);
	mount();
	zassert_equal(saved_step(), 0);
}

ZTEST(store, test_a_record_too_large_for_a_slot_is_refused)
{
	struct tintin_flash small = flash;

	small.size = 2 * flash.erase_block;
	if (small.erase_block >= tintin_save_size(&net) + 64) {
		ztest_test_skip(); /* one erase block holds it */
	}
	zassert_ok(tintin_store_mount(&store, &small));
	zassert_equal(tintin_store_save(&store, &net), -ENOSPC);
}

ZTEST_SUITE(store, NULL, NULL, before, NULL, NULL);
