/* SPDX-License-Identifier: Apache-2.0 */
/* The serial-fed sensor through Zephyr's sensor API, on an emulated UART. */
#include <zephyr/drivers/sensor.h>
#include <zephyr/drivers/serial/uart_emul.h>
#include <zephyr/sys/byteorder.h>
#include <zephyr/sys/crc.h>
#include <zephyr/ztest.h>

#include "serial_frame.h"

#define ANSWER_MS 50

static const struct device *const uart = DEVICE_DT_GET(DT_NODELABEL(test_uart));
static const struct device *const sensor = DEVICE_DT_GET(DT_NODELABEL(test_sensor));

static K_SEM_DEFINE(called, 0, K_SEM_MAX_LIMIT);

struct answer {
	uint8_t code, sequence;
};

/* Zeros: no answer in time. */
static struct answer answer(void)
{
	uint8_t bytes[SERIAL_FRAME_REPLY_SIZE];
	size_t n = 0;

	for (int ms = 0; ms < ANSWER_MS && n < sizeof(bytes); ms++) {
		k_msleep(1);
		n += uart_emul_get_tx_data(uart, &bytes[n], sizeof(bytes) - n);
	}
	if (n < sizeof(bytes)) {
		return (struct answer){0};
	}
	zassert_equal(bytes[0], SERIAL_FRAME_START);
	zassert_equal(bytes[3], bytes[1] ^ bytes[2] ^ 0xff);
	return (struct answer){.code = bytes[1], .sequence = bytes[2]};
}

static struct answer send(uint8_t sequence, const void *payload, uint8_t length)
{
	uint8_t head[] = {SERIAL_FRAME_START, length, sequence};
	uint8_t tail[2];

	sys_put_le16(crc16_itu_t(crc16_itu_t(0xffff, &head[1], 2), payload, length), tail);
	uart_emul_put_rx_data(uart, head, sizeof(head));
	uart_emul_put_rx_data(uart, payload, length);
	uart_emul_put_rx_data(uart, tail, sizeof(tail));
	return answer();
}

static void expect(struct answer got, uint8_t code, uint8_t sequence)
{
	zassert_equal(got.code, code, "code 0x%02x", got.code);
	zassert_equal(got.sequence, sequence, "sequence %u", got.sequence);
}

static void expect_reading(int32_t x, int32_t light)
{
	struct sensor_value value;

	zassert_ok(sensor_sample_fetch(sensor));
	zassert_ok(sensor_channel_get(sensor, SENSOR_CHAN_ACCEL_X, &value));
	zassert_equal(value.val1, x, "%d", value.val1);
	zassert_ok(sensor_channel_get(sensor, SENSOR_CHAN_LIGHT, &value));
	zassert_equal(value.val1, light, "%d", value.val1);
	zassert_equal(value.val2, 0);
}

static void before(void *fixture)
{
	ARG_UNUSED(fixture);
	uart_emul_flush_tx_data(uart);
	expect(send(0, "", 0), SERIAL_FRAME_ACCEPTED, 0);
}

ZTEST(sensor, test_readings_come_out_in_order)
{
	expect(send(1, "\x01\x00\xff\xff\x00\x80\xff\x7f", 8), SERIAL_FRAME_ACCEPTED, 1);
	expect_reading(1, -1);
	expect_reading(INT16_MIN, INT16_MAX);
	zassert_equal(sensor_sample_fetch(sensor), -EAGAIN);
}

ZTEST(sensor, test_a_repeated_frame_is_accepted_and_not_queued_twice)
{
	expect(send(7, "\x01\x00\x02\x00", 4), SERIAL_FRAME_ACCEPTED, 7);
	expect(send(7, "\x01\x00\x02\x00", 4), SERIAL_FRAME_ACCEPTED, 7);
	expect_reading(1, 2);
	zassert_equal(sensor_sample_fetch(sensor), -EAGAIN);
}

ZTEST(sensor, test_half_a_reading_is_refused)
{
	expect(send(1, "\x01\x00", 2), SERIAL_FRAME_DAMAGED, 1);
	zassert_equal(sensor_sample_fetch(sensor), -EAGAIN);
}

ZTEST(sensor, test_a_full_fifo_says_so_and_takes_the_frame_later)
{
	static const uint8_t many[240];
	uint8_t sequence = 1;

	while (send(sequence, many, sizeof(many)).code == SERIAL_FRAME_ACCEPTED) {
		sequence++;
		zassert_true(sequence < 200, "the FIFO has no end");
	}
	expect(send(sequence, many, sizeof(many)), SERIAL_FRAME_FULL, sequence);
	while (sensor_sample_fetch(sensor) == 0) {
	}
	expect(send(sequence, many, sizeof(many)), SERIAL_FRAME_ACCEPTED, sequence);
}

ZTEST(sensor, test_a_reset_empties_the_fifo)
{
	expect(send(1, "\x01\x00\x02\x00", 4), SERIAL_FRAME_ACCEPTED, 1);
	expect(send(0, "", 0), SERIAL_FRAME_ACCEPTED, 0);
	zassert_equal(sensor_sample_fetch(sensor), -EAGAIN);
	expect(send(1, "\x03\x00\x04\x00", 4), SERIAL_FRAME_ACCEPTED, 1);
	expect_reading(3, 4);
}

ZTEST(sensor, test_a_frame_that_breaks_off_is_dropped_after_a_while)
{
	uart_emul_put_rx_data(uart, (const uint8_t *)"\x7e\x04\x01\x00", 4);
	expect(answer(), 0, 0);
	k_msleep(SERIAL_FRAME_TIMEOUT_MS + 20);
	expect(answer(), SERIAL_FRAME_DAMAGED, 0);
	expect(send(1, "\x01\x00\x02\x00", 4), SERIAL_FRAME_ACCEPTED, 1);
}

static void on_ready(const struct device *dev, const struct sensor_trigger *trigger)
{
	zassert_equal(dev, sensor);
	zassert_equal(trigger->type, SENSOR_TRIG_DATA_READY);
	k_sem_give(&called);
}

ZTEST(sensor, test_the_trigger_tells_of_readings_and_of_nothing_else)
{
	static const struct sensor_trigger ready = {.type = SENSOR_TRIG_DATA_READY,
						    .chan = SENSOR_CHAN_ALL};
	static const struct sensor_trigger tap = {.type = SENSOR_TRIG_TAP};

	zassert_equal(sensor_trigger_set(sensor, &tap, on_ready), -ENOTSUP);
	expect(send(1, "\x01\x00\x02\x00", 4), SERIAL_FRAME_ACCEPTED, 1);
	zassert_ok(sensor_trigger_set(sensor, &ready, on_ready));
	zassert_ok(k_sem_take(&called, K_MSEC(50)), "readings were there before");
	expect(send(2, "\x01\x00\x02\x00", 4), SERIAL_FRAME_ACCEPTED, 2);
	zassert_ok(k_sem_take(&called, K_MSEC(50)));
	expect(send(3, "\x01\x00", 2), SERIAL_FRAME_DAMAGED, 3);
	zassert_equal(k_sem_take(&called, K_MSEC(50)), -EAGAIN);
	zassert_ok(sensor_trigger_set(sensor, &ready, NULL));
}

ZTEST(sensor, test_channels_it_has_not_are_refused)
{
	struct sensor_value value;

	zassert_equal(sensor_sample_fetch_chan(sensor, SENSOR_CHAN_PRESS), -ENOTSUP);
	zassert_equal(sensor_channel_get(sensor, SENSOR_CHAN_PRESS, &value), -ENOTSUP);
}

ZTEST_SUITE(sensor, NULL, NULL, before, NULL, NULL);
