/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Inside the service. Two locks, taken in this order:
 *
 *   step  held for a whole learning step: who saves or replaces the network takes it first
 *   lock  held for one slice or one prediction: guards everything in struct tintin_service
 *
 * Both are mutexes with priority inheritance, so that a waiting sampler lifts the learner.
 */
#ifndef TINTIN_SERVICE_PRIVATE_H_
#define TINTIN_SERVICE_PRIVATE_H_

#include <zephyr/kernel.h>

#include <tintin/service.h>

struct tintin_service {
	struct k_mutex step;
	struct k_mutex lock;
	struct tintin net;
	int error; /* why no network is open; 0: one is */
	const void *factory;
	size_t factory_size;
	size_t arena_need;
	uint32_t windows; /* since boot: the newest window's number */
	uint32_t pending;
	bool train;
	bool silent;
	struct tintin_stats stats;
};

extern struct tintin_service tintin_service;

static inline void tintin_service_lock(void)
{
	k_mutex_lock(&tintin_service.lock, K_FOREVER);
}

static inline void tintin_service_unlock(void)
{
	k_mutex_unlock(&tintin_service.lock);
}

/** Open the network over @p record; with both locks held. */
int tintin_service_open(const void *record, size_t size);

/** Remember a window; with the lock held. */
void tintin_history_put(const struct tintin_window *window, const int8_t *x, size_t n);

/** The window @p number, 0 for the newest, and its sample; NULL when it is not there. */
const int8_t *tintin_history_get(uint32_t number, struct tintin_window *window);

/** Drop all queued labels; with both locks held. */
void tintin_learning_forget(void);

/** Where the network is kept (keep.c). */
int tintin_keep_mount(void);
int tintin_keep_newest(const void **record, size_t *size);
uint32_t tintin_keep_saved_step(void);
size_t tintin_keep_capacity(void);
int tintin_keep_save_locked(struct tintin_saved *out);

#endif
