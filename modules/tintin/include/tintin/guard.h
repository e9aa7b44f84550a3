/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The guard: judges a burst of learning by samples that were never learned from, and says whether
 * the new state is to be kept, to be watched, or to be rolled back. It decides; the learner acts.
 * LEARNER.md, "Guard".
 */
#ifndef TINTIN_GUARD_H_
#define TINTIN_GUARD_H_

#include <stdbool.h>
#include <stdint.h>

struct tintin_guard_options {
	uint8_t loss_bound;    /**< mean loss a held-out sample may worsen by, 1/64 nat: 0..127 */
	uint8_t hits_bound;    /**< held-out samples that may be lost, percent of them: 0..100 */
	uint8_t rescale_bound; /**< rescales of weight tensors that a burst may have: 0..255 */
	uint8_t patience;      /**< bursts in a row that may end a little worse: 1..255 */
	uint8_t slow_step;     /**< halvings of the rate after a rollback: 0..8 */
	uint8_t slow_most;     /**< most halvings at once: 0..16 */
	uint8_t recover;       /**< good bursts before one halving is taken back: 1..255 */
	uint8_t evidence;      /**< held-out samples, of two classes or more, before anything is learned */
};

/** What a burst of learning did, counted over the held-out samples. */
struct tintin_evidence {
	uint32_t samples;
	uint32_t loss_before, loss_after; /**< sums, 1/64 nat, each sample's at most 127 */
	uint32_t hits_before, hits_after;
	uint16_t rescales;
	bool collapsed; /**< a class is never predicted any more, or always */
};

enum tintin_verdict {
	TINTIN_KEEP = 1,      /**< no worse than the last good state: it is the new one */
	TINTIN_WATCH = 2,     /**< a little worse: go on, the last good state stays */
	TINTIN_ROLL_BACK = 3, /**< worse than the bounds allow: back to the last good state */
};

/** Why a burst was rolled back. */
enum tintin_cause {
	TINTIN_CAUSE_NONE = 0,
	TINTIN_CAUSE_LOSS = 1,
	TINTIN_CAUSE_HITS = 2,
	TINTIN_CAUSE_COLLAPSE = 3,
	TINTIN_CAUSE_RESCALE = 4,
	TINTIN_CAUSE_PATIENCE = 5,
};

/** What the guard remembers. All zeros at first. */
struct tintin_guard {
	uint8_t slow;    /**< halvings of the learning rate in force */
	uint8_t watched; /* bursts in a row that ended a little worse */
	uint8_t cause;   /**< enum tintin_cause of the last rollback */
	uint8_t backoff; /* doublings of `recover`: one more with each rollback */
	uint16_t calm;   /* good bursts since the last rollback or recovery */
	uint16_t reserved;
};

/** @return 0, or -EINVAL for options out of the ranges above */
int tintin_guard_check(const struct tintin_guard_options *options);

/** Judge a burst; slows down or recovers accordingly. */
enum tintin_verdict tintin_guard_judge(struct tintin_guard *guard,
				       const struct tintin_guard_options *options,
				       const struct tintin_evidence *evidence);

/** What a sample's note holds: its loss (Q10 nats) in 1/64 nat, at most 127, and whether it was hit. */
uint8_t tintin_guard_note(uint16_t loss, bool hit);

/** Add a held-out sample's two notes to the evidence. */
void tintin_guard_count(struct tintin_evidence *evidence, uint8_t before, uint8_t after);

#endif
