/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One slot of the store: mark (32 bytes) | 32 bytes reserved | record | companions. The mark is
 * programmed last, so that a slot is either whole or not there. SPEC.md, "The store".
 */
#ifndef TT_SLOT_H_
#define TT_SLOT_H_

#include <tintin/store.h>

#define TT_SLOT_MAGIC  0x544f4c53u /* "SLOT" */
#define TT_SLOT_RECORD 64u         /* offset of the record */

/** Where a slot lies. */
struct tt_slot {
	const struct tintin_flash *flash;
	uint32_t offset;
	uint32_t size;
};

struct tt_mark {
	uint32_t magic;
	uint32_t sequence; /* 0: no whole slot */
	uint32_t size;     /* of the record */
	uint32_t record_crc;
	uint32_t beside; /* bytes of companions */
	uint32_t beside_crc;
	uint32_t reserved;
	uint32_t crc; /* of the words before it */
};

/** Before the bytes of a companion, which are padded to whole words. */
struct tt_companion {
	uint32_t tag;
	uint32_t size;
};

/** What a slot is to hold. */
struct tt_contents {
	struct tintin *net;
	const struct tintin_companion *beside;
	unsigned int count;
};

static inline uint32_t tt_whole_words(uint32_t bytes)
{
	return (bytes + 3u) & ~3u;
}

/** The record, and behind it the companions, in place. */
const uint8_t *tt_slot_record(const struct tt_slot *slot);
const uint8_t *tt_slot_beside(const struct tt_slot *slot, uint32_t record_size);

/** Bytes from the slot's start to the end of what it holds. @return 0, -ENOSPC */
int tt_slot_need(const struct tt_slot *slot, const struct tt_contents *contents, uint32_t *need);

enum tt_slot_state {
	TT_SLOT_WHOLE,
	TT_SLOT_BLANK,   /* nothing was ever saved there, or power went before the mark */
	TT_SLOT_DAMAGED, /* there is a mark, or a part of one, and not what it promises */
};

/** The mark of a slot, its sequence 0 unless the slot is whole. @return enum tt_slot_state, -EIO */
int tt_slot_read(const struct tt_slot *slot, struct tt_mark *mark);

/** Erase the first @p bytes, rounded up to erase blocks. @return 0, -EIO */
int tt_slot_erase(const struct tt_slot *slot, uint32_t bytes);

/**
 * Program contents into an erased slot, check what the flash then holds, and mark it.
 *
 * @param mark  as read back
 * @return 0, -EIO
 */
int tt_slot_write(const struct tt_slot *slot, const struct tt_contents *contents,
		  uint32_t sequence, struct tt_mark *mark);

#endif
