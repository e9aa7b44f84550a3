/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Where most promises of the store begin: a network with a frozen layer that was saved twice.
 */
#ifndef SAVED_H_
#define SAVED_H_

#include <net.h>

#include "ram_flash.h"

/** The older record is in slot 0, the newest in slot 1, where the frozen layer is read. */
struct saved {
	struct ram_flash *flash;
	struct tintin_store store;
	struct net net;
	struct blob newest, older;
};

/** @p slot and @p erase_block in bytes. saved_free() it. */
struct saved saved_twice(uint32_t slot, uint32_t erase_block);

void saved_free(struct saved *s);

/** Is @p want the newest record? */
bool saved_holds(const struct tintin_store *store, const struct blob *want);

/** Is it after a boot? */
bool saved_holds_after_boot(struct saved *s, const struct blob *want);

#endif
