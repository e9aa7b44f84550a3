/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power fails during a save: at each of its writes in turn, and at each of its erases. Whatever
 * instant that is, the next boot finds the record before or the new one, whole.
 */
#include <string.h>

#include <zephyr/ztest.h>

#include <tintin/store.h>

#include "flash_area.h"
#include "flash_faults.h"
#include "samples.h"

static struct tintin_flash flash;
static struct tintin_store store;
static struct tintin net;

static void power_back(void)
{
	flash_recover();
	zassert_ok(tintin_store_mount(&store, &flash));
}

static uint32_t saved_step(void)
{
	const void *record;
	size_t size;

	zassert_ok(tintin_store_load(&store, &record, &size));
	zassert_equal(tintin_record_check(record, size), (int)size);
	return ((const struct tintin_header *)record)->step;
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	zassert_ok(tintin_flash_area(&flash));
	zassert_ok(flash.erase(flash.context, 0, flash.size));
	power_back();
	open_network(&net);
	learn_samples(&net, 1);
	zassert_ok(tintin_store_save(&store, &net));
	learn_samples(&net, 1);
}

static uint32_t writes_of_a_save(void)
{
	uint32_t begun = WRITES;

	zassert_ok(tintin_store_save(&store, &net));
	zassert_equal(saved_step(), 2);
	return WRITES - begun;
}

/* Bytes of the last write that still reach the cells: none, some, nearly all. */
static const uint32_t torn_at[] = {0, 1, 13, 31};

ZTEST(torn, test_a_save_torn_at_any_write_leaves_the_record_before)
{
	uint32_t writes = writes_of_a_save();

	for (uint32_t last = 1; last <= writes; last++) {
		before(NULL);
		LAST_BYTES = torn_at[last % ARRAY_SIZE(torn_at)];
		LAST_WRITE = WRITES + last;
		zassert_equal(tintin_store_save(&store, &net), -EIO, "write %u", last);
		power_back();
		zassert_equal(saved_step(), 1, "write %u", last);
		zassert_ok(tintin_store_save(&store, &net));
		zassert_equal(saved_step(), 2);
	}
}

ZTEST(torn, test_a_failing_erase_leaves_the_record_before)
{
	zassert_ok(tintin_store_save(&store, &net));
	learn_samples(&net, 1);
	LAST_ERASE = ERASES + 1;
	zassert_equal(tintin_store_save(&store, &net), -EIO);
	power_back();
	zassert_equal(saved_step(), 2);
}

ZTEST_SUITE(torn, NULL, NULL, before, NULL, NULL);
