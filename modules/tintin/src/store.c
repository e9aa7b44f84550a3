/* SPDX-License-Identifier: Apache-2.0 */
/* Two slots take turns; the valid one with the larger sequence number is the newest. */
#include <tintin/store.h>

#include <string.h>

#include <tintin/error.h>

#include "save.h"
#include "slot.h"

#define SLOTS 2u

static struct tt_slot slot_of(const struct tintin_store *store, uint32_t slot)
{
	return (struct tt_slot){
		.flash = store->flash,
		.offset = slot * store->slot_size,
		.size = store->slot_size,
	};
}

size_t tintin_store_capacity(const struct tintin_store *store)
{
	return store->slot_size - TT_SLOT_RECORD;
}

static void set_newest(struct tintin_store *store, uint32_t slot, const struct tt_mark *mark)
{
	store->sequence = mark->sequence;
	store->size = mark->size;
	store->beside = mark->beside;
	store->newest = (uint8_t)slot;
}

static bool flash_valid(const struct tintin_flash *f)
{
	return f->write_block > 0 && f->write_block <= TINTIN_STORE_MAX_WRITE_BLOCK &&
	       (f->write_block & (f->write_block - 1u)) == 0 && f->base != NULL &&
	       ((uintptr_t)f->base & 3u) == 0 && f->erase_block > TT_SLOT_RECORD &&
	       f->erase_block % f->write_block == 0 && f->erase_block % 4u == 0 &&
	       f->size / SLOTS >= f->erase_block && f->size <= INT32_MAX;
}

int tintin_store_mount(struct tintin_store *store, const struct tintin_flash *flash)
{
	if (!flash_valid(flash)) {
		return -EINVAL;
	}
	*store = (struct tintin_store){.flash = flash};
	store->slot_size = flash->size / SLOTS / flash->erase_block * flash->erase_block;
	for (uint32_t i = 0; i < SLOTS; i++) {
		struct tt_slot slot = slot_of(store, i);
		struct tt_mark mark;
		int state = tt_slot_read(&slot, &mark);

		if (state < 0) {
			return state;
		}
		store->damaged += state == TT_SLOT_DAMAGED;
		if (mark.sequence > store->sequence) {
			set_newest(store, i, &mark);
		}
	}
	return 0;
}

int tintin_store_load(const struct tintin_store *store, const void **record, size_t *size)
{
	struct tt_slot slot = slot_of(store, store->newest);

	if (store->sequence == 0) {
		return -ENOENT;
	}
	*record = tt_slot_record(&slot);
	*size = store->size;
	return 0;
}

int tintin_store_companion(const struct tintin_store *store, uint32_t tag, const void **data,
			   size_t *size)
{
	struct tt_slot slot = slot_of(store, store->newest);
	const uint8_t *at = tt_slot_beside(&slot, store->size);
	uint32_t left = store->sequence == 0 ? 0 : store->beside;
	struct tt_companion header;

	while (left >= sizeof(header)) {
		memcpy(&header, at, sizeof(header));
		at += sizeof(header);
		left -= (uint32_t)sizeof(header);
		if (header.size > left) {
			break;
		}
		if (header.tag == tag) {
			*data = at;
			*size = header.size;
			return 0;
		}
		at += tt_whole_words(header.size);
		left -= tt_whole_words(header.size);
	}
	return -ENOENT;
}

int tintin_store_save_with(struct tintin_store *store, struct tintin *net,
			   const struct tintin_companion *beside, unsigned int count)
{
	uint32_t older = store->sequence == 0 ? 0 : 1u - store->newest, need;
	const struct tt_contents contents = {.net = net, .beside = beside, .count = count};
	struct tt_slot slot = slot_of(store, older);
	struct tt_mark mark;
	int error;

	if (tt_save_busy(net)) {
		return -EBUSY;
	}
	error = tt_slot_need(&slot, &contents, &need);
	error = error ? error : tt_slot_erase(&slot, need);
	error = error ? error : tt_slot_write(&slot, &contents, store->sequence + 1u, &mark);
	if (error) {
		return error;
	}
	set_newest(store, older, &mark);
	return tintin_rebase(net, tt_slot_record(&slot), mark.size);
}

int tintin_store_save(struct tintin_store *store, struct tintin *net)
{
	return tintin_store_save_with(store, net, NULL, 0);
}

int tintin_store_erase(struct tintin_store *store)
{
	/* The older slot first: a power cut in between must not bring it back. */
	struct tt_slot older = slot_of(store, 1u - store->newest);
	struct tt_slot newest = slot_of(store, store->newest);
	int error = tt_slot_erase(&older, older.size);

	error = error ? error : tt_slot_erase(&newest, newest.size);
	if (error) {
		/* Half of it may be gone: what is still there decides what is newest. */
		(void)tintin_store_mount(store, store->flash);
		return error;
	}
	store->sequence = 0;
	store->damaged = 0;
	return 0;
}
