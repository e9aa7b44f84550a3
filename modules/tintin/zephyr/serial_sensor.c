/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tintin,serial-sensor: a sensor whose readings come from a host over a UART (serial_frame.h).
 * The interrupt handler parses and fills the FIFO; a work item answers the host and tells the
 * application; sample_fetch pops one reading.
 */
#define DT_DRV_COMPAT tintin_serial_sensor

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/drivers/sensor.h>
#include <zephyr/drivers/uart.h>
#include <zephyr/dt-bindings/tintin/channels.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/sys/byteorder.h>
#include <zephyr/sys/ring_buffer.h>

#include "serial_frame.h"

LOG_MODULE_REGISTER(tintin_serial_sensor, CONFIG_TINTIN_SERIAL_SENSOR_LOG_LEVEL);

#ifndef DEVICE_API /* before Zephyr 4.1 */
#define DEVICE_API(type, name) const struct type##_driver_api name
#endif

#define CHANNELS_MAX  16u
#define REPLY_PENDING 4u /* replies that may wait for the UART; more are for the host to miss */

BUILD_ASSERT(TINTIN_CHAN_ACCEL_X == (int)SENSOR_CHAN_ACCEL_X &&
	     TINTIN_CHAN_GYRO_Z == (int)SENSOR_CHAN_GYRO_Z &&
	     TINTIN_CHAN_MAGN_Z == (int)SENSOR_CHAN_MAGN_Z &&
	     TINTIN_CHAN_PRESS == (int)SENSOR_CHAN_PRESS &&
	     TINTIN_CHAN_LIGHT == (int)SENSOR_CHAN_LIGHT,
	     "channels.h follows enum sensor_channel");

struct serial_sensor_config {
	const struct device *uart;
	const uint16_t *channels;
	uint8_t channel_count;
};

struct serial_sensor_data {
	const struct device *dev;
	struct k_spinlock lock; /* everything below but the reading fetched last */
	struct serial_frame frame;
	struct k_timer timeout; /* of the frame under way */
	struct k_work work;
	struct ring_buf fifo;
	struct ring_buf replies;
	bool arrived; /* readings that the application was not told of */
	uint8_t fifo_bytes[CONFIG_TINTIN_SERIAL_SENSOR_FIFO];
	uint8_t reply_bytes[REPLY_PENDING * SERIAL_FRAME_REPLY_SIZE];
	uint8_t accepted; /* sequence number of the frame accepted last, 0 for none */
	int16_t reading[CHANNELS_MAX];
#ifdef CONFIG_TINTIN_SERIAL_SENSOR_TRIGGER
	sensor_trigger_handler_t handler;
	const struct sensor_trigger *trigger;
#endif
};

static void reply(struct serial_sensor_data *data, enum serial_frame_code code, uint8_t sequence)
{
	uint8_t bytes[SERIAL_FRAME_REPLY_SIZE];

	serial_frame_reply(bytes, code, sequence);
	if (ring_buf_space_get(&data->replies) >= sizeof(bytes)) {
		ring_buf_put(&data->replies, bytes, sizeof(bytes));
	}
	k_work_submit(&data->work);
}

/* What a whole frame means, and what to answer. */
static enum serial_frame_code judge(struct serial_sensor_data *data)
{
	const struct serial_sensor_config *config = data->dev->config;
	const struct serial_frame *frame = &data->frame;

	if (frame->length == 0 && frame->sequence == 0) {
		ring_buf_reset(&data->fifo);
		data->accepted = 0;
		return SERIAL_FRAME_ACCEPTED;
	}
	if (frame->length == 0 || frame->sequence == 0 ||
	    frame->length % (config->channel_count * sizeof(int16_t)) != 0) {
		return SERIAL_FRAME_DAMAGED;
	}
	if (frame->sequence == data->accepted) {
		return SERIAL_FRAME_ACCEPTED; /* a repetition: our reply got lost */
	}
	if (ring_buf_space_get(&data->fifo) < frame->length) {
		return SERIAL_FRAME_FULL;
	}
	ring_buf_put(&data->fifo, frame->payload, frame->length);
	data->accepted = frame->sequence;
	data->arrived = true;
	return SERIAL_FRAME_ACCEPTED;
}

static void feed(struct serial_sensor_data *data, uint8_t byte)
{
	switch (serial_frame_feed(&data->frame, byte)) {
	case SERIAL_FRAME_WHOLE:
		k_timer_stop(&data->timeout);
		reply(data, judge(data), data->frame.sequence);
		break;
	case SERIAL_FRAME_BAD:
		k_timer_stop(&data->timeout);
		reply(data, SERIAL_FRAME_DAMAGED, 0);
		break;
	default:
		break;
	}
}

static void receive(const struct device *uart, struct serial_sensor_data *data)
{
	uint8_t bytes[16];
	int n;

	while ((n = uart_fifo_read(uart, bytes, sizeof(bytes))) > 0) {
		K_SPINLOCK(&data->lock) {
			for (int i = 0; i < n; i++) {
				feed(data, bytes[i]);
			}
			/* Counted from the last bytes: a busy host may take its time. */
			if (serial_frame_open(&data->frame)) {
				k_timer_start(&data->timeout, K_MSEC(SERIAL_FRAME_TIMEOUT_MS),
					      K_NO_WAIT);
			}
		}
	}
}

static void on_uart(const struct device *uart, void *user_data)
{
	struct serial_sensor_data *data = user_data;

	while (uart_irq_update(uart) && uart_irq_is_pending(uart) > 0) {
		if (uart_irq_rx_ready(uart) > 0) {
			receive(uart, data);
		}
	}
}

static void on_timeout(struct k_timer *timer)
{
	struct serial_sensor_data *data = k_timer_user_data_get(timer);

	K_SPINLOCK(&data->lock) {
		if (serial_frame_open(&data->frame)) {
			serial_frame_drop(&data->frame);
			reply(data, SERIAL_FRAME_DAMAGED, 0);
		}
	}
}

/* Replies go out by polling: four bytes, and every UART driver can. */
static void send_replies(struct serial_sensor_data *data)
{
	const struct serial_sensor_config *config = data->dev->config;
	uint8_t bytes[REPLY_PENDING * SERIAL_FRAME_REPLY_SIZE];
	uint32_t n = 0;

	K_SPINLOCK(&data->lock) {
		n = ring_buf_get(&data->replies, bytes, sizeof(bytes));
	}
	for (uint32_t i = 0; i < n; i++) {
		uart_poll_out(config->uart, bytes[i]);
	}
}

static void tell_application(struct serial_sensor_data *data)
{
#ifdef CONFIG_TINTIN_SERIAL_SENSOR_TRIGGER
	const struct sensor_trigger *trigger = NULL;
	sensor_trigger_handler_t handler = NULL;

	K_SPINLOCK(&data->lock) {
		handler = data->arrived ? data->handler : NULL;
		trigger = data->trigger;
		data->arrived = data->arrived && handler == NULL;
	}
	if (handler != NULL) {
		handler(data->dev, trigger);
	}
#else
	ARG_UNUSED(data);
#endif
}

static void on_work(struct k_work *work)
{
	struct serial_sensor_data *data = CONTAINER_OF(work, struct serial_sensor_data, work);

	tell_application(data);
	send_replies(data);
}

static bool has_channel(const struct serial_sensor_config *config, enum sensor_channel chan,
			uint8_t *at)
{
	for (uint8_t i = 0; i < config->channel_count; i++) {
		if (config->channels[i] == chan) {
			*at = i;
			return true;
		}
	}
	return false;
}

static int serial_sensor_sample_fetch(const struct device *dev, enum sensor_channel chan)
{
	const struct serial_sensor_config *config = dev->config;
	struct serial_sensor_data *data = dev->data;
	uint32_t size = config->channel_count * sizeof(int16_t), got = 0;
	uint8_t at;

	if (chan != SENSOR_CHAN_ALL && !has_channel(config, chan, &at)) {
		return -ENOTSUP;
	}
	K_SPINLOCK(&data->lock) {
		got = ring_buf_get(&data->fifo, (uint8_t *)data->reading, size);
	}
	return got == size ? 0 : -EAGAIN;
}

static int serial_sensor_channel_get(const struct device *dev, enum sensor_channel chan,
				     struct sensor_value *value)
{
	const struct serial_sensor_data *data = dev->data;
	uint8_t at;

	if (!has_channel(dev->config, chan, &at)) {
		return -ENOTSUP;
	}
	value->val1 = (int16_t)sys_le16_to_cpu((uint16_t)data->reading[at]);
	value->val2 = 0;
	return 0;
}

#ifdef CONFIG_TINTIN_SERIAL_SENSOR_TRIGGER

static int serial_sensor_trigger_set(const struct device *dev, const struct sensor_trigger *trigger,
				     sensor_trigger_handler_t handler)
{
	struct serial_sensor_data *data = dev->data;

	if (trigger->type != SENSOR_TRIG_DATA_READY) {
		return -ENOTSUP;
	}
	K_SPINLOCK(&data->lock) {
		data->handler = handler;
		data->trigger = trigger;
	}
	k_work_submit(&data->work); /* readings may have arrived before */
	return 0;
}

#endif

static int serial_sensor_init(const struct device *dev)
{
	const struct serial_sensor_config *config = dev->config;
	struct serial_sensor_data *data = dev->data;
	int error;

	if (!device_is_ready(config->uart)) {
		LOG_ERR("%s: its UART is not ready", dev->name);
		return -ENODEV;
	}
	data->dev = dev;
	ring_buf_init(&data->fifo, sizeof(data->fifo_bytes), data->fifo_bytes);
	ring_buf_init(&data->replies, sizeof(data->reply_bytes), data->reply_bytes);
	k_timer_init(&data->timeout, on_timeout, NULL);
	k_timer_user_data_set(&data->timeout, data);
	k_work_init(&data->work, on_work);
	error = uart_irq_callback_user_data_set(config->uart, on_uart, data);
	if (error) {
		LOG_ERR("%s: no interrupt callback on its UART (%d)", dev->name, error);
		return error;
	}
	uart_irq_rx_enable(config->uart);
	return 0;
}

static DEVICE_API(sensor, serial_sensor_api) = {
	.sample_fetch = serial_sensor_sample_fetch,
	.channel_get = serial_sensor_channel_get,
#ifdef CONFIG_TINTIN_SERIAL_SENSOR_TRIGGER
	.trigger_set = serial_sensor_trigger_set,
#endif
};

#define SERIAL_SENSOR_DEFINE(n)                                                                    \
	BUILD_ASSERT(IN_RANGE(DT_INST_PROP_LEN(n, channels), 1, CHANNELS_MAX),                     \
		     "1 to 16 channels");                                                          \
	static const uint16_t serial_sensor_channels_##n[] = DT_INST_PROP(n, channels);            \
	static const struct serial_sensor_config serial_sensor_config_##n = {                      \
		.uart = DEVICE_DT_GET(DT_INST_BUS(n)),                                             \
		.channels = serial_sensor_channels_##n,                                            \
		.channel_count = DT_INST_PROP_LEN(n, channels),                                    \
	};                                                                                         \
	static struct serial_sensor_data serial_sensor_data_##n;                                   \
	SENSOR_DEVICE_DT_INST_DEFINE(n, serial_sensor_init, NULL, &serial_sensor_data_##n,         \
				     &serial_sensor_config_##n, POST_KERNEL,                       \
				     CONFIG_SENSOR_INIT_PRIORITY, &serial_sensor_api);

DT_INST_FOREACH_STATUS_OKAY(SERIAL_SENSOR_DEFINE)
