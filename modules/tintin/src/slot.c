/* SPDX-License-Identifier: Apache-2.0 */
/* What a slot holds, and whether it is whole. Nothing is believed before it was checked. */
#include "slot.h"

#include <string.h>

#include <tintin/error.h>

_Static_assert(sizeof(struct tt_mark) == TINTIN_STORE_MAX_WRITE_BLOCK, "one write block at most");

const uint8_t *tt_slot_record(const struct tt_slot *slot)
{
	return slot->flash->base + slot->offset + TT_SLOT_RECORD;
}

const uint8_t *tt_slot_beside(const struct tt_slot *slot, uint32_t record_size)
{
	return tt_slot_record(slot) + tt_whole_words(record_size);
}

/* The room is counted down, so that no sum can overflow. */
int tt_slot_need(const struct tt_slot *slot, const struct tt_contents *contents, uint32_t *need)
{
	uint32_t room = slot->size - TT_SLOT_RECORD;
	size_t record = tintin_save_size(contents->net);

	if (record > room) {
		return -ENOSPC;
	}
	room -= tt_whole_words((uint32_t)record);
	for (unsigned int i = 0; i < contents->count; i++) {
		size_t size = contents->beside[i].size;

		if (room < sizeof(struct tt_companion) ||
		    size > room - sizeof(struct tt_companion)) {
			return -ENOSPC;
		}
		room -= sizeof(struct tt_companion) + tt_whole_words((uint32_t)size);
	}
	*need = slot->size - room;
	return 0;
}

static bool mark_valid(const struct tt_slot *slot, const struct tt_mark *mark)
{
	uint32_t room = slot->size - TT_SLOT_RECORD;

	return mark->magic == TT_SLOT_MAGIC && mark->sequence != 0 &&
	       mark->crc == tintin_crc32(0, mark, offsetof(struct tt_mark, crc)) &&
	       mark->size <= room && mark->beside <= room - tt_whole_words(mark->size);
}

static bool record_whole(const struct tt_slot *slot, const struct tt_mark *mark)
{
	const uint8_t *record = tt_slot_record(slot);

	return tintin_record_check(record, mark->size) == (int)mark->size &&
	       memcmp(record + mark->size - sizeof(mark->record_crc), &mark->record_crc,
		      sizeof(mark->record_crc)) == 0;
}

/* Of no companions the CRC is 0, which is what marks had there before there were any. */
static bool companions_whole(const struct tt_slot *slot, const struct tt_mark *mark)
{
	return tintin_crc32(0, tt_slot_beside(slot, mark->size), mark->beside) == mark->beside_crc;
}

/* Erased flash, or RAM of a simulator that was not loaded. */
static bool blank(const struct tt_mark *mark)
{
	const uint8_t *bytes = (const uint8_t *)mark;

	for (size_t i = 1; i < sizeof(*mark); i++) {
		if (bytes[i] != bytes[0]) {
			return false;
		}
	}
	return bytes[0] == 0x00 || bytes[0] == 0xff;
}

int tt_slot_read(const struct tt_slot *slot, struct tt_mark *mark)
{
	const struct tintin_flash *flash = slot->flash;
	enum tt_slot_state state = TT_SLOT_DAMAGED;

	if (flash->read(flash->context, slot->offset, mark, sizeof(*mark))) {
		return -EIO;
	}
	if (blank(mark)) {
		state = TT_SLOT_BLANK;
	} else if (mark_valid(slot, mark) && record_whole(slot, mark) &&
		   companions_whole(slot, mark)) {
		return TT_SLOT_WHOLE;
	}
	mark->sequence = 0;
	return state;
}

int tt_slot_erase(const struct tt_slot *slot, uint32_t bytes)
{
	const struct tintin_flash *f = slot->flash;
	uint32_t blocks = (bytes + f->erase_block - 1u) / f->erase_block;

	if (f->erase(f->context, slot->offset, (size_t)blocks * f->erase_block)) {
		return -EIO;
	}
	return f->sync(f->context) ? -EIO : 0;
}
