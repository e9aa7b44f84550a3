/* SPDX-License-Identifier: Apache-2.0 */
/* The source of a microphone: 1,000 samples a second, four of them are one reading. */
#include <zephyr/ztest.h>

#include "player.h"
#include "source.h"

#define MEAN_OF 4
#define BLOCKS  3

/* Readings that are there, of which the last is *last. @return how many */
static int readings(int16_t *last)
{
	int n = 0;

	while (source_read(last) == 0) {
		n++;
	}
	return n;
}

static void before(void *fixture)
{
	int16_t value;

	ARG_UNUSED(fixture);
	(void)readings(&value); /* the block that the test before left */
	player_reset();
	zassert_ok(source_open());
}

ZTEST_SUITE(microphone, NULL, NULL, before, NULL, NULL);

ZTEST(microphone, test_it_is_started_at_the_rate_of_the_devicetree)
{
	zassert_true(player_runs());
	zassert_equal(player_rate(), 1000);
	zassert_equal(player_block(), 32, "32 ms");
}

ZTEST(microphone, test_a_reading_is_the_mean_of_its_samples)
{
	int16_t value;

	zassert_true(player_play(100, 2));
	source_wait();
	for (int i = 0; i < 32 / MEAN_OF; i++) {
		zassert_ok(source_read(&value));
		zassert_equal(value, 100 + 2 * MEAN_OF * i + 3, "reading %d: %d", i, value);
	}
	zassert_equal(source_read(&value), -EAGAIN);
}

ZTEST(microphone, test_the_loudest_sound_does_not_wrap)
{
	int16_t value;

	zassert_true(player_play(INT16_MIN, 0));
	source_wait();
	zassert_ok(source_read(&value));
	zassert_equal(value, INT16_MIN);
}

ZTEST(microphone, test_every_block_goes_back_to_the_slab)
{
	int16_t value;

	for (int i = 0; i < 4 * BLOCKS; i++) {
		zassert_true(player_play((int16_t)i, 0), "block %d", i);
		source_wait();
		zassert_equal(readings(&value), 32 / MEAN_OF);
		zassert_equal(value, i);
	}
	zassert_equal(player_free(), BLOCKS);
}

ZTEST(microphone, test_a_silent_microphone_is_no_reading_and_is_started_again)
{
	int16_t value;
	int error;

	source_wait();
	error = source_read(&value);
	zassert_equal(error, -EAGAIN, "%d", error);
	zassert_true(player_runs());
	zassert_true(player_play(7, 0));
	source_wait();
	zassert_ok(source_read(&value));
	zassert_equal(value, 7);
}

ZTEST(microphone, test_sound_that_came_too_fast_is_lost_and_recording_goes_on)
{
	int16_t value;

	for (int i = 0; i < BLOCKS; i++) {
		zassert_true(player_play((int16_t)i, 0));
	}
	zassert_false(player_play(BLOCKS, 0), "no block is free");
	zassert_false(player_runs(), "the driver has stopped by itself");
	for (int i = 0; i < BLOCKS; i++) {
		source_wait();
		zassert_equal(readings(&value), 32 / MEAN_OF);
		zassert_equal(value, i, "what was recorded is read");
	}
	source_wait();
	zassert_equal(source_read(&value), -EIO, "and then it is said");
	zassert_true(player_play(9, 0));
	source_wait();
	zassert_ok(source_read(&value));
	zassert_equal(value, 9);
	zassert_equal(player_free(), BLOCKS - 1);
}
