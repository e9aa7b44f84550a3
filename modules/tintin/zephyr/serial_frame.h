/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The wire format of the serial-fed sensor, device side.
 *
 *   host -> device: 0x7E | len u8 | seq u8 | payload, len bytes | crc16, little-endian
 *   device -> host: 0x7E | code | seq | code ^ seq ^ 0xFF
 *
 * crc16 is CRC-16/CCITT-FALSE over len, seq and payload. The parser takes bytes one by one and
 * survives whatever comes: outside a frame it looks for 0x7E and skips the rest.
 */
#ifndef TINTIN_SERIAL_FRAME_H_
#define TINTIN_SERIAL_FRAME_H_

#include <stdbool.h>
#include <stdint.h>

#define SERIAL_FRAME_START       0x7e
#define SERIAL_FRAME_PAYLOAD_MAX 240u
#define SERIAL_FRAME_REPLY_SIZE  4u
/** A frame that is not complete after this time is dropped. */
#define SERIAL_FRAME_TIMEOUT_MS  100

enum serial_frame_code {
	SERIAL_FRAME_ACCEPTED = 0x06,
	SERIAL_FRAME_FULL = 0x13,    /**< no room: send it again later */
	SERIAL_FRAME_DAMAGED = 0x15, /**< damaged, or not whole readings */
};

enum serial_frame_part {
	SERIAL_FRAME_HUNT, /* outside a frame */
	SERIAL_FRAME_LENGTH,
	SERIAL_FRAME_SEQUENCE,
	SERIAL_FRAME_PAYLOAD,
	SERIAL_FRAME_CRC_LOW,
	SERIAL_FRAME_CRC_HIGH,
};

enum serial_frame_event {
	SERIAL_FRAME_MORE,  /**< nothing to do yet */
	SERIAL_FRAME_WHOLE, /**< length, sequence and payload are good until the next byte is fed */
	SERIAL_FRAME_BAD,   /**< a frame ended with a wrong CRC, or is longer than the format allows */
};

/** A parser. All zeros: outside a frame. */
struct serial_frame {
	enum serial_frame_part part;
	uint8_t length;
	uint8_t sequence;
	uint8_t filled;
	uint16_t crc;
	uint8_t payload[SERIAL_FRAME_PAYLOAD_MAX];
};

enum serial_frame_event serial_frame_feed(struct serial_frame *frame, uint8_t byte);

/** Is a frame under way? */
static inline bool serial_frame_open(const struct serial_frame *frame)
{
	return frame->part != SERIAL_FRAME_HUNT;
}

/** Give up the frame under way. */
static inline void serial_frame_drop(struct serial_frame *frame)
{
	frame->part = SERIAL_FRAME_HUNT;
}

void serial_frame_reply(uint8_t reply[SERIAL_FRAME_REPLY_SIZE], enum serial_frame_code code,
			uint8_t sequence);

#endif
