/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * NOR flash in RAM that holds the store to the rules of tintin/store.h, loses power at any byte
 * of any operation, and wears out. A rule that is broken is a broken promise.
 */
#ifndef RAM_FLASH_H_
#define RAM_FLASH_H_

#include <setjmp.h>

#include <tintin/store.h>

/** How a worn place behaves. */
enum wear {
	WEAR_NONE,
	WEAR_PROGRAM_FAILS, /* programming that byte returns -EIO, with what came before it done */
	WEAR_STUCK_LOW,     /* a bit of that byte reads 0 whatever was done */
	WEAR_STUCK_HIGH,
	WEAR_ERASE_FAILS, /* erasing that byte's block returns -EIO and leaves garbage */
};

struct ram_flash {
	struct tintin_flash flash;
	uint8_t *memory;
	uint32_t programs, erases, syncs, reads; /* operations so far */
	uint32_t work; /* bytes programmed or erased so far, and syncs: where power can be cut */
	uint32_t cut;  /* power goes when work reaches this; 0: never */
	uint32_t seed; /* of what a torn operation leaves behind */
	bool dark;     /* power is off */
	jmp_buf lost;  /* where losing power leads */
	enum wear wear;
	uint32_t worn_at;
	uint8_t worn_mask;   /* bits of that byte */
	bool read_fails, sync_fails;
};

/** Erased flash. ram_flash_free() it. */
struct ram_flash *ram_flash_new(uint32_t size, uint32_t erase_block, uint32_t write_block);

void ram_flash_free(struct ram_flash *f);

/**
 * Do @p what until it ends or power is lost. @return false when it was lost
 */
bool ram_flash_powered(struct ram_flash *f, void (*what)(void *context), void *context);

#endif
