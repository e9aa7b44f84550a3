/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power fails during a save: at each of its writes in turn, and at each of its erases. Whatever
 * instant that is, the next boot finds the record before or the new one, whole.
 */
#include <string.h>

#include <zephyr/stats/stats.h>
#include <zephyr/ztest.h>

#include <tintin/store.h>

#include "flash_area.h"
#include "samples.h"

static struct tintin_flash flash;
static struct tintin_store store;
static struct tintin net;

struct named {
	const char *name;
	uint32_t *value;
};

static int match(struct stats_hdr *hdr, void *arg, const char *name, uint16_t offset)
{
	struct named *wanted = arg;

	if (strcmp(name, wanted->name) == 0) {
		wanted->value = (uint32_t *)((uint8_t *)hdr + offset);
		return 1;
	}
	return 0;
}

static uint32_t *statistic(const char *group, const char *name)
{
	struct named wanted = {.name = name};

	stats_walk(stats_group_find(group), match, &wanted);
	zassert_not_null(wanted.value, "%s.%s", group, name);
	return wanted.value;
}

#define WRITES     (*statistic("flash_sim_stats", "flash_write_calls"))
#define ERASES     (*statistic("flash_sim_stats", "flash_erase_calls"))
#define LAST_WRITE (*statistic("flash_sim_thresholds", "max_write_calls"))
#define LAST_ERASE (*statistic("flash_sim_thresholds", "max_erase_calls"))
#define LAST_BYTES (*statistic("flash_sim_thresholds", "max_len"))

static void power_back(void)
{
	LAST_WRITE = 0;
	LAST_ERASE = 0;
	LAST_BYTES = 0;
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
