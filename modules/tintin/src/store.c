/* SPDX-License-Identifier: Apache-2.0 */
/* Slot: mark (32 bytes), 32 bytes reserved, record. The mark is programmed last: SPEC.md, "The store". */
#include <tintin/store.h>

#include <string.h>

#include <tintin/error.h>

#include "save.h"

#define SLOT_MAGIC    0x544f4c53u /* "SLOT" */
#define RECORD_OFFSET 64u
#define SLOTS         2u
#define CHUNK         64u /* bytes programmed at once: a multiple of every write block */

struct mark {
	uint32_t magic;
	uint32_t sequence;
	uint32_t size;
	uint32_t record_crc;
	uint32_t reserved[3];
	uint32_t crc;
};

_Static_assert(sizeof(struct mark) == TINTIN_STORE_MAX_WRITE_BLOCK, "one write block at most");

static uint32_t slot_offset(const struct tintin_store *store, uint32_t slot)
{
	return slot * store->slot_size;
}

static const uint8_t *slot_record(const struct tintin_store *store, uint32_t slot)
{
	return store->flash->base + slot_offset(store, slot) + RECORD_OFFSET;
}

static uint32_t trailing_crc(const uint8_t *record, uint32_t size)
{
	uint32_t crc;

	memcpy(&crc, record + size - sizeof(crc), sizeof(crc));
	return crc;
}

size_t tintin_store_capacity(const struct tintin_store *store)
{
	return store->slot_size - RECORD_OFFSET;
}

static bool mark_valid(const struct tintin_store *store, const struct mark *mark)
{
	return mark->magic == SLOT_MAGIC && mark->sequence != 0 &&
	       mark->crc == tintin_crc32(0, mark, offsetof(struct mark, crc)) &&
	       mark->size <= tintin_store_capacity(store);
}

/* The mark of a slot; its sequence is 0 when there is no whole record in it. @return 0 or -EIO */
static int read_slot(const struct tintin_store *store, uint32_t slot, struct mark *mark)
{
	const struct tintin_flash *flash = store->flash;
	const uint8_t *record = slot_record(store, slot);

	if (flash->read(flash->context, slot_offset(store, slot), mark, sizeof(*mark))) {
		return -EIO;
	}
	if (!mark_valid(store, mark) ||
	    tintin_record_check(record, mark->size) != (int)mark->size ||
	    trailing_crc(record, mark->size) != mark->record_crc) {
		mark->sequence = 0;
	}
	return 0;
}

static void set_newest(struct tintin_store *store, uint32_t slot, const struct mark *mark)
{
	store->sequence = mark->sequence;
	store->size = mark->size;
	store->newest = (uint8_t)slot;
}

static bool flash_valid(const struct tintin_flash *f)
{
	return f->write_block > 0 && f->write_block <= TINTIN_STORE_MAX_WRITE_BLOCK &&
	       (f->write_block & (f->write_block - 1u)) == 0 && f->base != NULL &&
	       ((uintptr_t)f->base & 3u) == 0 && f->erase_block > RECORD_OFFSET &&
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
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		struct mark mark;
		int error = read_slot(store, slot, &mark);

		if (error) {
			return error;
		}
		if (mark.sequence > store->sequence) {
			set_newest(store, slot, &mark);
		}
	}
	return 0;
}

int tintin_store_load(const struct tintin_store *store, const void **record, size_t *size)
{
	if (store->sequence == 0) {
		return -ENOENT;
	}
	*record = slot_record(store, store->newest);
	*size = store->size;
	return 0;
}

/* Gathers the pieces of a record into chunks that flash can program. */
struct chunks {
	const struct tintin_flash *flash;
	uint32_t offset;
	uint32_t filled;
	uint8_t chunk[CHUNK];
};

static int flush(struct chunks *c)
{
	uint32_t n = (c->filled + c->flash->write_block - 1u) & ~(c->flash->write_block - 1u);

	memset(&c->chunk[c->filled], 0xff, n - c->filled);
	if (n > 0 && c->flash->program(c->flash->context, c->offset, c->chunk, n)) {
		return -EIO;
	}
	c->offset += n;
	c->filled = 0;
	return 0;
}

static int gather(void *context, const void *data, size_t n)
{
	struct chunks *c = context;
	const uint8_t *from = data;

	while (n > 0) {
		size_t room = CHUNK - c->filled;
		size_t part = n < room ? n : room;

		memcpy(&c->chunk[c->filled], from, part);
		c->filled += (uint32_t)part;
		from += part;
		n -= part;
		if (c->filled == CHUNK) {
			int error = flush(c);

			if (error) {
				return error;
			}
		}
	}
	return 0;
}

static int erase(const struct tintin_store *store, uint32_t slot, uint32_t bytes)
{
	const struct tintin_flash *f = store->flash;
	uint32_t blocks = (bytes + f->erase_block - 1u) / f->erase_block;

	if (f->erase(f->context, slot_offset(store, slot), (size_t)blocks * f->erase_block)) {
		return -EIO;
	}
	return f->sync(f->context) ? -EIO : 0;
}

static int write_record(const struct tintin_store *store, const struct tintin *net, uint32_t slot)
{
	struct chunks chunks = {
		.flash = store->flash,
		.offset = slot_offset(store, slot) + RECORD_OFFSET,
	};
	struct tintin_sink sink = {.write = gather, .context = &chunks};
	int error = tintin_save(net, &sink);

	error = error ? error : flush(&chunks);
	return error || store->flash->sync(store->flash->context) ? -EIO : 0;
}

static int write_mark(const struct tintin_store *store, uint32_t slot, uint32_t size)
{
	const struct tintin_flash *f = store->flash;
	struct mark mark = {
		.magic = SLOT_MAGIC,
		.sequence = store->sequence + 1u,
		.size = size,
		.record_crc = trailing_crc(slot_record(store, slot), size),
	};

	mark.crc = tintin_crc32(0, &mark, offsetof(struct mark, crc));
	if (f->program(f->context, slot_offset(store, slot), &mark, sizeof(mark))) {
		return -EIO;
	}
	return f->sync(f->context) ? -EIO : 0;
}

int tintin_store_save(struct tintin_store *store, struct tintin *net)
{
	uint32_t slot = store->sequence == 0 ? 0 : 1u - store->newest;
	uint32_t size = (uint32_t)tintin_save_size(net);
	const uint8_t *record = slot_record(store, slot);
	struct mark mark;
	int error;

	if (tt_save_busy(net)) {
		return -EBUSY;
	}
	if (size > tintin_store_capacity(store)) {
		return -ENOSPC;
	}
	error = erase(store, slot, RECORD_OFFSET + size);
	error = error ? error : write_record(store, net, slot);
	/* What the flash holds must be a whole record before it may be marked as the newest. */
	if (error || tintin_record_check(record, size) != (int)size) {
		return -EIO;
	}
	error = write_mark(store, slot, size);
	error = error ? error : read_slot(store, slot, &mark);
	if (error || mark.sequence != store->sequence + 1u) {
		return -EIO;
	}
	set_newest(store, slot, &mark);
	return tintin_rebase(net, record, size);
}

int tintin_store_erase(struct tintin_store *store)
{
	/* The older slot first: a power cut in between must not bring it back. */
	uint32_t older = 1u - store->newest;
	int error = erase(store, older, store->slot_size);

	error = error ? error : erase(store, store->newest, store->slot_size);
	if (error) {
		/* Half of it may be gone: what is still there decides what is newest. */
		(void)tintin_store_mount(store, store->flash);
		return error;
	}
	store->sequence = 0;
	return 0;
}
