/* SPDX-License-Identifier: Apache-2.0 */
#include "serial_frame.h"

#include <zephyr/sys/crc.h>

#define CRC_INIT 0xffff

static void checked(struct serial_frame *frame, uint8_t byte)
{
	frame->crc = crc16_itu_t(frame->crc, &byte, 1);
}

static void begin(struct serial_frame *frame)
{
	frame->part = SERIAL_FRAME_LENGTH;
	frame->filled = 0;
	frame->crc = CRC_INIT;
}

/* A frame that is too long is read to its end all the same, so that it gets one answer. */
static void take_payload(struct serial_frame *frame, uint8_t byte)
{
	if (frame->filled < SERIAL_FRAME_PAYLOAD_MAX) {
		frame->payload[frame->filled] = byte;
	}
	if (++frame->filled == frame->length) {
		frame->part = SERIAL_FRAME_CRC_LOW;
	}
}

enum serial_frame_event serial_frame_feed(struct serial_frame *frame, uint8_t byte)
{
	switch (frame->part) {
	case SERIAL_FRAME_HUNT:
		if (byte == SERIAL_FRAME_START) {
			begin(frame);
		}
		break;
	case SERIAL_FRAME_LENGTH:
		checked(frame, byte);
		frame->length = byte;
		frame->part = SERIAL_FRAME_SEQUENCE;
		break;
	case SERIAL_FRAME_SEQUENCE:
		checked(frame, byte);
		frame->sequence = byte;
		frame->part = frame->length > 0 ? SERIAL_FRAME_PAYLOAD : SERIAL_FRAME_CRC_LOW;
		break;
	case SERIAL_FRAME_PAYLOAD:
		checked(frame, byte);
		take_payload(frame, byte);
		break;
	case SERIAL_FRAME_CRC_LOW:
		frame->crc ^= byte;
		frame->part = SERIAL_FRAME_CRC_HIGH;
		break;
	case SERIAL_FRAME_CRC_HIGH:
		frame->crc ^= (uint16_t)(byte << 8);
		frame->part = SERIAL_FRAME_HUNT;
		if (frame->crc != 0 || frame->length > SERIAL_FRAME_PAYLOAD_MAX) {
			return SERIAL_FRAME_BAD;
		}
		return SERIAL_FRAME_WHOLE;
	}
	return SERIAL_FRAME_MORE;
}

void serial_frame_reply(uint8_t reply[SERIAL_FRAME_REPLY_SIZE], enum serial_frame_code code,
			uint8_t sequence)
{
	reply[0] = SERIAL_FRAME_START;
	reply[1] = (uint8_t)code;
	reply[2] = sequence;
	reply[3] = (uint8_t)(code ^ sequence ^ 0xff);
}
