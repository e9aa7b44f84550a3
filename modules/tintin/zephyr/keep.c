/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping the network: saving it, going back to what was saved, forgetting. */
#include <string.h>

#include <zephyr/logging/log.h>

#include "flash_area.h"
#include "service.h"

LOG_MODULE_DECLARE(tintin, CONFIG_TINTIN_LOG_LEVEL);

static struct tintin_flash flash;
static struct tintin_store store;
static bool mounted;

int tintin_keep_mount(void)
{
	int error = tintin_flash_area(&flash);

	error = error ? error : tintin_store_mount(&store, &flash);
	mounted = error == 0;
	if (error) {
		LOG_ERR("the store's flash cannot be used (%d)", error);
	} else if (store.damaged > 0 && store.sequence > 0) {
		LOG_WRN("a saved record is damaged: the other one is the newest");
	}
	return error;
}

static uint32_t shape_of(const void *record)
{
	return ((const struct tintin_header *)record)->shape_hash;
}

int tintin_keep_newest(const void **record, size_t *size)
{
	const void *saved;
	int error = mounted ? tintin_store_load(&store, &saved, size) : -ENOENT;

	if (error) {
		/* An empty store is a first boot; one with marks has lost what was saved. */
		return mounted && store.damaged > 0 ? -EBADMSG : error;
	}
	if (shape_of(saved) != shape_of(tintin_service.factory)) {
		return -ESTALE;
	}
	*record = saved;
	return 0;
}

uint32_t tintin_keep_saved_step(void)
{
	const void *record;
	size_t size;

	if (!mounted || tintin_store_load(&store, &record, &size) != 0) {
		return 0;
	}
	return ((const struct tintin_header *)record)->step;
}

size_t tintin_keep_capacity(void)
{
	return mounted ? tintin_store_capacity(&store) : 0;
}

static void describe(struct tintin_saved *out)
{
	const void *record;
	size_t size;

	if (tintin_store_load(&store, &record, &size) == 0) {
		out->step = ((const struct tintin_header *)record)->step;
		out->size = (uint32_t)size;
		memcpy(&out->crc, (const uint8_t *)record + size - sizeof(out->crc),
		       sizeof(out->crc));
	}
}

int tintin_keep_save_locked(struct tintin_saved *out)
{
	struct tintin_service *s = &tintin_service;
	int error = s->error;

	if (error == 0 && !mounted) {
		error = -EIO;
	}
#ifdef CONFIG_TINTIN_TRAINING
	error = error ? error : tintin_learn_flush(&s->net);
#endif
	error = error ? error : tintin_store_save(&store, &s->net);
	if (error == 0) {
		describe(out);
	}
	return error;
}

/* Both locks: no step is under way, and nobody predicts. */
static void lock_all(void)
{
	k_mutex_lock(&tintin_service.step, K_FOREVER);
	tintin_service_lock();
}

static void unlock_all(void)
{
	tintin_service_unlock();
	k_mutex_unlock(&tintin_service.step);
}

static void forget_labels(void)
{
#ifdef CONFIG_TINTIN_TRAINING
	tintin_learning_forget();
#endif
}

int tintin_service_save(struct tintin_saved *out)
{
	int error;

	lock_all();
	error = tintin_keep_save_locked(out);
	unlock_all();
	return error;
}

int tintin_service_load(void)
{
	const void *record;
	size_t size;
	int error;

	lock_all();
	error = tintin_keep_newest(&record, &size);
	if (error == 0) {
		forget_labels();
		error = tintin_service_open(record, size);
	}
	unlock_all();
	return error;
}

int tintin_service_reset(void)
{
	struct tintin_service *s = &tintin_service;
	int error;

	lock_all();
	forget_labels();
	/* The network first: it must no longer lie in what is about to be erased. */
	error = tintin_service_open(s->factory, s->factory_size);
	if (error == 0) {
		error = mounted ? tintin_store_erase(&store) : -EIO;
	}
	unlock_all();
	return error;
}
