/* SPDX-License-Identifier: Apache-2.0 */
/* Contents into flash, in chunks that it can program. The mark comes last, and says all is there. */
#include "slot.h"

#include <string.h>

#include <tintin/error.h>

#define CHUNK      64u /* bytes programmed at once: a multiple of every write block */

/* To whole words. */
static const uint8_t padding[3] = {0xff, 0xff, 0xff};

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

/* What the companions are as bytes, counted and checked while they are written. */
struct companions {
	struct chunks *chunks;
	uint32_t size;
	uint32_t crc;
};

static int put(struct companions *c, const void *data, size_t n)
{
	c->size += (uint32_t)n;
	c->crc = tintin_crc32(c->crc, data, n);
	return gather(c->chunks, data, n);
}

static int put_companion(struct companions *c, const struct tintin_companion *companion)
{
	struct tt_companion header = {.tag = companion->tag, .size = (uint32_t)companion->size};
	int error = put(c, &header, sizeof(header));

	error = error ? error : put(c, companion->data, companion->size);
	return error ? error : put(c, padding, -companion->size & 3u);
}

static int write_contents(const struct tt_slot *slot, const struct tt_contents *contents,
			  struct tt_mark *mark)
{
	struct chunks chunks = {.flash = slot->flash, .offset = slot->offset + TT_SLOT_RECORD};
	struct tintin_sink sink = {.write = gather, .context = &chunks};
	struct companions beside = {.chunks = &chunks};
	int error = tintin_save(contents->net, &sink);

	error = error ? error : gather(&chunks, padding, -chunks.filled & 3u);
	for (unsigned int i = 0; error == 0 && i < contents->count; i++) {
		error = put_companion(&beside, &contents->beside[i]);
	}
	error = error ? error : flush(&chunks);
	mark->beside = beside.size;
	mark->beside_crc = beside.crc;
	return error || slot->flash->sync(slot->flash->context) ? -EIO : 0;
}

static int write_mark(const struct tt_slot *slot, const struct tt_mark *mark)
{
	const struct tintin_flash *f = slot->flash;

	if (f->program(f->context, slot->offset, mark, sizeof(*mark))) {
		return -EIO;
	}
	return f->sync(f->context) ? -EIO : 0;
}

int tt_slot_write(const struct tt_slot *slot, const struct tt_contents *contents,
		  uint32_t sequence, struct tt_mark *mark)
{
	const uint8_t *record = tt_slot_record(slot);
	int error;

	*mark = (struct tt_mark){
		.magic = TT_SLOT_MAGIC,
		.sequence = sequence,
		.size = (uint32_t)tintin_save_size(contents->net),
	};
	error = write_contents(slot, contents, mark);
	/* What the flash holds must be whole before it may be marked as the newest. */
	if (error || tintin_record_check(record, mark->size) != (int)mark->size) {
		return -EIO;
	}
	memcpy(&mark->record_crc, record + mark->size - sizeof(mark->record_crc),
	       sizeof(mark->record_crc));
	mark->crc = tintin_crc32(0, mark, offsetof(struct tt_mark, crc));
	error = write_mark(slot, mark);
	if (error || tt_slot_read(slot, mark) != TT_SLOT_WHOLE || mark->sequence != sequence) {
		return -EIO;
	}
	return 0;
}
