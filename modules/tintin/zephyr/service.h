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
	const void *record; /* that the network was opened from or saved as last */
	size_t record_size;
	bool saved; /* it is the store's newest */
	uint32_t identity; /* of inputs and outputs, 0: not said */
	bool (*permit)(enum tintin_work work);
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

/** Both locks: no learning is under way, and nobody predicts. */
static inline void tintin_service_lock_all(void)
{
	k_mutex_lock(&tintin_service.step, K_FOREVER);
	tintin_service_lock();
}

static inline void tintin_service_unlock_all(void)
{
	tintin_service_unlock();
	k_mutex_unlock(&tintin_service.step);
}

/**
 * Another life: open the network over @p record and begin to study; queued labels are dropped. With
 * both locks held.
 *
 * @param saved  the record is the store's newest
 */
int tintin_service_open(const void *record, size_t size, bool saved);

/** The same life, from where it was saved or opened last; with both locks held. */
int tintin_service_reopen(void);

/** Remember a window; with the lock held. */
void tintin_history_put(const struct tintin_window *window, const int8_t *x, size_t n);

/** The window @p number, 0 for the newest, and its sample; NULL when it is not there. */
const int8_t *tintin_history_get(uint32_t number, struct tintin_window *window);

/** Why that window cannot be got. @return -ENODATA for one that was skipped, else -EAGAIN */
int tintin_history_why(uint32_t number);

/** Drop all queued labels; with both locks held. */
void tintin_learning_forget(void);

/** Do what is due, slice by slice; with the step's lock held, and not the other. */
void tintin_learning_finish(void);

/** The same, and have it judged first. */
void tintin_learning_settle(void);

/** Have the learning thread do what is due. */
void tintin_learning_wake(void);

/** Seconds without a label before it learns from the buffer, 0: never. */
extern uint32_t tintin_learning_idle_after;

/** Where the network is kept (keep.c). */
int tintin_keep_mount(void);
int tintin_keep_newest(const void **record, size_t *size);
uint32_t tintin_keep_saved_step(void);
size_t tintin_keep_capacity(void);
int tintin_keep_companion(uint32_t tag, const void **data, size_t *size);

/** Save now; with both locks held, between learning steps. */
int tintin_keep_save(struct tintin_saved *out);

/** The same unasked: a failure is counted, and said when it is the first. */
int tintin_keep_save_itself(struct tintin_saved *out);

/** Have what was learned judged, and save; with the step's lock held, and not the other. */
int tintin_keep_settled(int (*save)(struct tintin_saved *out), struct tintin_saved *out);

/** The application's part of a save: @p out has room for all. @return how many */
unsigned int tintin_attached(struct tintin_companion *out);

/** Tell the application that the network went back; with both locks held. */
void tintin_attached_reopen(void);

#endif
