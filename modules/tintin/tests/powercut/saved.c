/* SPDX-License-Identifier: Apache-2.0 */
#include "saved.h"

static const struct tintin_options last_only = {.train = 1u << 1};

struct saved saved_twice(uint32_t slot, uint32_t erase_block)
{
	struct saved s = {.flash = ram_flash_new(2u * slot, erase_block, 4)};

	s.net = net_named("tiny", &last_only);
	EXPECT_EQ(tintin_store_mount(&s.store, &s.flash->flash), 0);
	net_learn(&s.net.tintin, 5);
	s.older = net_save(&s.net.tintin);
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), 0);
	net_learn(&s.net.tintin, 10);
	s.newest = net_save(&s.net.tintin);
	EXPECT_EQ(tintin_store_save(&s.store, &s.net.tintin), 0);
	return s;
}

void saved_free(struct saved *s)
{
	ram_flash_free(s->flash);
	net_close(&s->net);
	blob_free(&s->newest);
	blob_free(&s->older);
}

bool saved_holds(const struct tintin_store *store, const struct blob *want)
{
	struct blob got;
	const void *record;

	if (tintin_store_load(store, &record, &got.size) != 0) {
		return false;
	}
	got.data = (uint8_t *)(uintptr_t)record;
	return blob_equal(&got, want);
}

bool saved_holds_after_boot(struct saved *s, const struct blob *want)
{
	struct tintin_store store;

	EXPECT_EQ(tintin_store_mount(&store, &s->flash->flash), 0);
	return saved_holds(&store, want);
}
