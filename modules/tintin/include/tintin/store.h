/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The store: two slots of flash and a sequence number. A save erases and writes the older slot
 * and becomes valid with the last word it writes, so that a power cut at any instant leaves
 * either the old record or the new one, whole. Companions are blocks of the caller's, such as a
 * learner's memory, that are saved under the same mark: they are of the same moment as the record.
 */
#ifndef TINTIN_STORE_H_
#define TINTIN_STORE_H_

#include <stddef.h>
#include <stdint.h>

#include <tintin/network.h>

#define TINTIN_STORE_MAX_WRITE_BLOCK 32u

/** Flash as the store sees it. The callbacks return 0 or a negative errno. */
struct tintin_flash {
	int (*read)(void *context, uint32_t offset, void *data, size_t n);
	/** Offset and n are multiples of write_block; the range is erased. */
	int (*program)(void *context, uint32_t offset, const void *data, size_t n);
	/** Offset and n are multiples of erase_block. */
	int (*erase)(void *context, uint32_t offset, size_t n);
	/** All that was programmed is on the medium when this returns. */
	int (*sync)(void *context);
	void *context;
	const uint8_t *base;  /**< where offset 0 is mapped for reading, 4-byte aligned */
	uint32_t size;        /**< bytes, at least two erase blocks */
	uint32_t erase_block; /**< bytes */
	uint32_t write_block; /**< bytes, a power of two, at most TINTIN_STORE_MAX_WRITE_BLOCK */
};

struct tintin_store {
	const struct tintin_flash *flash;
	uint32_t slot_size;
	uint32_t sequence; /**< of the newest valid slot, 0 for none */
	uint32_t size;     /**< of the record in it, bytes */
	uint32_t beside;   /**< of its companions, bytes */
	uint8_t newest;    /**< which slot that is */
	uint8_t damaged;   /**< slots, when mounted, that hold a mark and not what it promises */
};

/** A block that is saved beside the record. */
struct tintin_companion {
	uint32_t tag;     /**< what it is: four letters, the first in the lowest byte */
	const void *data; /**< may be NULL for no bytes */
	size_t size;
};

/** Find the newest valid record. An empty store mounts as well, and a damaged one, which says so.
 * @return 0, -EINVAL for a flash description that breaks the rules above, -EIO */
int tintin_store_mount(struct tintin_store *store, const struct tintin_flash *flash);

/** The newest record, in place. @return 0, -ENOENT when nothing has been saved. */
int tintin_store_load(const struct tintin_store *store, const void **record, size_t *size);

/**
 * A companion of the newest record, in place, 4-byte aligned.
 *
 * @return 0, -ENOENT when none of this tag was saved with it
 */
int tintin_store_companion(const struct tintin_store *store, uint32_t tag, const void **data,
			   size_t *size);

/** The largest record that fits, bytes; a companion takes its size in whole words and 8 bytes. */
size_t tintin_store_capacity(const struct tintin_store *store);

/**
 * Save a network into the older slot, check what was written, make it the newest and rebase
 * the network on it. On an error the former record stays the newest.
 *
 * @return 0, -ENOSPC, -EBUSY, -EIO
 */
int tintin_store_save(struct tintin_store *store, struct tintin *net);

/** The same, with @p count companions beside the record. */
int tintin_store_save_with(struct tintin_store *store, struct tintin *net,
			   const struct tintin_companion *beside, unsigned int count);

/** Forget all that was saved. A network that is open over the store must be opened anew.
 * @return 0, -EIO */
int tintin_store_erase(struct tintin_store *store);

#endif
