/* SPDX-License-Identifier: Apache-2.0 */
/* A record is believed only when all of it is right. */
#include <string.h>

#include <zephyr/ztest.h>

#include "samples.h"

static uint8_t copy[RECORD_SIZE] __aligned(4);
static struct tintin net;

static int open_copy(size_t size)
{
	static const struct tintin_options options;
	struct tintin_arena arena = {.base = test_arena, .size = sizeof(test_arena)};

	return tintin_open(&net, copy, size, &options, &arena);
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	memcpy(copy, network_record, sizeof(copy));
}

/* Make the CRC fit what was changed, so that only the content is wrong. */
static void seal(void)
{
	uint32_t crc = tintin_crc32(0, copy, RECORD_SIZE - sizeof(crc));

	memcpy(&copy[RECORD_SIZE - sizeof(crc)], &crc, sizeof(crc));
}

ZTEST(records, test_every_truncation_is_refused)
{
	for (size_t size = 0; size < RECORD_SIZE; size++) {
		zassert_true(open_copy(size) < 0, "%u bytes", (unsigned int)size);
	}
	zassert_ok(open_copy(RECORD_SIZE));
}

ZTEST(records, test_every_flipped_byte_is_refused)
{
	for (size_t i = 0; i < RECORD_SIZE; i++) {
		copy[i] ^= 0x10;
		zassert_true(open_copy(RECORD_SIZE) < 0, "byte %u", (unsigned int)i);
		copy[i] ^= 0x10;
	}
	zassert_ok(open_copy(RECORD_SIZE));
}

ZTEST(records, test_a_foreign_file_says_so)
{
	memcpy(copy, "PK\003\004", 4);
	zassert_equal(open_copy(RECORD_SIZE), -ENOEXEC);
}

ZTEST(records, test_a_newer_format_says_so)
{
	struct tintin_header *header = (void *)copy;

	header->version++;
	seal();
	zassert_equal(open_copy(RECORD_SIZE), -ENOTSUP);
}

ZTEST(records, test_a_record_that_contradicts_itself_is_refused)
{
	struct tintin_header *header = (void *)copy;

	header->classes++;
	seal();
	zassert_equal(open_copy(RECORD_SIZE), -EPROTO);
}

ZTEST(records, test_a_small_arena_says_how_much_is_needed)
{
	static const struct tintin_options options = {.train = TINTIN_TRAIN_ALL};
	struct tintin_arena arena = {.base = test_arena, .size = 64};
	size_t need;

	zassert_ok(tintin_arena_size(copy, RECORD_SIZE, &options, &need));
	zassert_equal(tintin_open(&net, copy, RECORD_SIZE, &options, &arena), -ENOMEM);
	zassert_equal(arena.need, need);
	arena.size = need - 1;
	zassert_equal(tintin_open(&net, copy, RECORD_SIZE, &options, &arena), -ENOMEM);
	arena.size = need;
	zassert_ok(tintin_open(&net, copy, RECORD_SIZE, &options, &arena));
}

ZTEST_SUITE(records, NULL, NULL, before, NULL, NULL);
