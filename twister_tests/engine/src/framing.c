/* SPDX-License-Identifier: Apache-2.0 */
/* The wire format survives whatever comes over the wire. */
#include <string.h>

#include <zephyr/ztest.h>

#include "serial_frame.h"

/* Worked out by hand with CRC-16/CCITT-FALSE ("123456789" gives 0x29b1). */
static const uint8_t good[] = {0x7e, 0x02, 0x01, 0x05, 0x00, 0x6d, 0xa1};
static const uint8_t reset[] = {0x7e, 0x00, 0x00, 0x0f, 0x1d};

static struct serial_frame frame;

static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	memset(&frame, 0, sizeof(frame));
}

/* Feed all bytes. @return the last event that was not MORE */
static enum serial_frame_event feed(const uint8_t *bytes, size_t n)
{
	enum serial_frame_event event = SERIAL_FRAME_MORE;

	for (size_t i = 0; i < n; i++) {
		enum serial_frame_event now = serial_frame_feed(&frame, bytes[i]);

		event = now == SERIAL_FRAME_MORE ? event : now;
	}
	return event;
}

ZTEST(framing, test_a_frame_is_taken_apart)
{
	zassert_equal(feed(good, sizeof(good) - 1), SERIAL_FRAME_MORE);
	zassert_true(serial_frame_open(&frame));
	zassert_equal(serial_frame_feed(&frame, good[sizeof(good) - 1]), SERIAL_FRAME_WHOLE);
	zassert_false(serial_frame_open(&frame));
	zassert_equal(frame.length, 2);
	zassert_equal(frame.sequence, 1);
	zassert_mem_equal(frame.payload, "\x05\x00", 2);
}

ZTEST(framing, test_an_empty_frame_is_whole)
{
	zassert_equal(feed(reset, sizeof(reset)), SERIAL_FRAME_WHOLE);
	zassert_equal(frame.length, 0);
	zassert_equal(frame.sequence, 0);
}

ZTEST(framing, test_garbage_before_a_frame_is_skipped)
{
	static const uint8_t garbage[] = {0x00, 0xff, 0x0d, 0x0a, 0x7d, 0x55};

	zassert_equal(feed(garbage, sizeof(garbage)), SERIAL_FRAME_MORE);
	zassert_equal(feed(good, sizeof(good)), SERIAL_FRAME_WHOLE);
}

ZTEST(framing, test_every_damaged_bit_is_noticed)
{
	uint8_t bad[sizeof(good)];

	/* Not of the start byte and the length: what follows is another frame then. */
	for (size_t bit = 16; bit < 8 * sizeof(good); bit++) {
		memcpy(bad, good, sizeof(good));
		bad[bit / 8] ^= BIT(bit % 8);
		zassert_equal(feed(bad, sizeof(bad)), SERIAL_FRAME_BAD, "bit %u", (int)bit);
		zassert_equal(feed(good, sizeof(good)), SERIAL_FRAME_WHOLE);
	}
}

ZTEST(framing, test_a_frame_too_long_gets_one_answer_at_its_end)
{
	unsigned int answers = 0;

	serial_frame_feed(&frame, SERIAL_FRAME_START);
	serial_frame_feed(&frame, 255);
	serial_frame_feed(&frame, 1);
	for (int i = 0; i < 255 + 2; i++) {
		answers += serial_frame_feed(&frame, SERIAL_FRAME_START) != SERIAL_FRAME_MORE;
	}
	zassert_equal(answers, 1);
	zassert_equal(feed(good, sizeof(good)), SERIAL_FRAME_WHOLE);
}

ZTEST(framing, test_a_dropped_frame_leaves_room_for_the_next)
{
	feed(good, sizeof(good) / 2);
	serial_frame_drop(&frame);
	zassert_equal(feed(good, sizeof(good)), SERIAL_FRAME_WHOLE);
}

ZTEST(framing, test_noise_never_stops_the_parser_for_good)
{
	uint32_t noise = 1;

	for (int i = 0; i < 20000; i++) {
		noise = noise * 1664525u + 1013904223u;
		serial_frame_feed(&frame, (uint8_t)(noise >> 24));
	}
	serial_frame_drop(&frame); /* as the driver does after 100 ms of silence */
	zassert_equal(feed(good, sizeof(good)), SERIAL_FRAME_WHOLE);
}

ZTEST(framing, test_a_reply_checks_itself)
{
	uint8_t reply[SERIAL_FRAME_REPLY_SIZE];

	serial_frame_reply(reply, SERIAL_FRAME_FULL, 0x42);
	zassert_mem_equal(reply, "\x7e\x13\x42\xae", 4);
}

ZTEST_SUITE(framing, NULL, NULL, before, NULL, NULL);
