/* SPDX-License-Identifier: Apache-2.0 */
/* Keeping the network: saving it, going back to what was saved, forgetting. */
#include <string.h>

#include <zephyr/logging/log.h>

#include "flash_area.h"
#include "service.h"
#include "study.h"

LOG_MODULE_DECLARE(tintin, CONFIG_TINTIN_LOG_LEVEL);

#define MEANING 0x4e454449u /* "IDEN": what inputs and outputs mean */

static struct tintin_flash flash;
static struct tintin_store store;
static bool mounted;
static uint32_t attempts; /* to save */
static int outcome;       /* of the last one */

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

/* The shape is the network's alone: the same one may have been taught with other inputs or classes. */
static bool means_the_same(void)
{
	uint32_t identity = tintin_service.identity;
	const void *saved;
	size_t size;

	if (identity == 0 || tintin_store_companion(&store, MEANING, &saved, &size) != 0) {
		return true;
	}
	return size == sizeof(identity) && memcmp(saved, &identity, sizeof(identity)) == 0;
}

int tintin_keep_newest(const void **record, size_t *size)
{
	const void *saved;
	int error = mounted ? tintin_store_load(&store, &saved, size) : -ENOENT;

	if (error) {
		/* An empty store is a first boot; one with marks has lost what was saved. */
		return mounted && store.damaged > 0 ? -EBADMSG : error;
	}
	if (shape_of(saved) != shape_of(tintin_service.factory) || !means_the_same()) {
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

int tintin_keep_companion(uint32_t tag, const void **data, size_t *size)
{
	return mounted ? tintin_store_companion(&store, tag, data, size) : -ENOENT;
}

static int write_store(void)
{
	struct tintin_companion beside[2 + TINTIN_ATTACHMENTS];
	struct tintin_service *s = &tintin_service;
	int sealed = tintin_study_seal(beside);
	unsigned int count;

	if (sealed < 0) {
		return sealed;
	}
	count = (unsigned int)sealed + tintin_attached(&beside[sealed]);
	if (s->identity != 0) {
		beside[count++] = (struct tintin_companion){MEANING, &s->identity,
							    sizeof(s->identity)};
	}
	return tintin_store_save_with(&store, &s->net, beside, count);
}

int tintin_keep_save(struct tintin_saved *out)
{
	struct tintin_service *s = &tintin_service;
	int error = s->error;

	if (error == 0 && !mounted) {
		error = -EIO;
	}
#ifdef CONFIG_TINTIN_TRAINING
	error = error ? error : tintin_learn_flush(&s->net);
#endif
	error = error ? error : write_store();
	if (error == 0) {
		describe(out);
		s->saved = tintin_store_load(&store, &s->record, &s->record_size) == 0;
	}
	attempts++;
	outcome = error;
	return error;
}

int tintin_keep_save_itself(struct tintin_saved *out)
{
	int error = tintin_keep_save(out);

	/* A worn flash fails every time: said once, counted always. */
	if (error && tintin_service.stats.save_errors++ == 0) {
		LOG_ERR("automatic save: %s", tintin_reason(error));
	}
	return error;
}

int tintin_keep_settled(int (*save)(struct tintin_saved *out), struct tintin_saved *out)
{
	uint32_t before = attempts;
	int error;

	if (IS_ENABLED(CONFIG_TINTIN_TRAINING)) {
		tintin_learning_settle();
	}
	tintin_service_lock();
	/* A good verdict has saved it already. */
	error = attempts == before ? save(out) : outcome;
	if (error == 0) {
		describe(out);
	}
	tintin_service_unlock();
	return error;
}

int tintin_service_save(struct tintin_saved *out)
{
	int error;

	k_mutex_lock(&tintin_service.step, K_FOREVER);
	error = tintin_keep_settled(tintin_keep_save, out);
	k_mutex_unlock(&tintin_service.step);
	return error;
}

int tintin_service_load(void)
{
	const void *record;
	size_t size;
	int error;

	tintin_service_lock_all();
	error = tintin_keep_newest(&record, &size);
	if (error == 0) {
		error = tintin_service_open(record, size, true);
		tintin_attached_reopen();
	}
	tintin_service_unlock_all();
	return error;
}

int tintin_service_reset(void)
{
	struct tintin_service *s = &tintin_service;
	int error, opened;

	tintin_service_lock_all();
	/* The network lies in what is erased, and is opened anew before anybody can ask it. */
	error = mounted ? tintin_store_erase(&store) : -EIO;
	opened = tintin_service_open(s->factory, s->factory_size, false);
	tintin_attached_reopen();
	tintin_service_unlock_all();
	return opened ? opened : error;
}
