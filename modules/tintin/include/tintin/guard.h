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
	uint8_t loss_bound;    /**< that the mean loss may worsen by, 1/128: 0..127. Default 7 */
	uint8_t hits_bound;    /**< that the mean share of hits may fall by, percent: 0..100. Default 20 */
	uint8_t rescale_bound; /**< rescales of weight tensors that a burst may have: 0..255. Default 3 */
	uint8_t patience;      /**< bursts in a row that may end worse within the bounds, 1..255; then one
				*   is kept that is worse by half of loss_bound at most. Default 8 */
	uint8_t slow_step;     /**< halvings of the rate after a rollback: 0..8. Default 2 */
	uint8_t slow_most;     /**< most halvings at once: 0..16. Default 8 */
	uint8_t recover;       /**< good bursts before one halving is taken back: 1..255. Default 4 */
	uint8_t evidence;      /**< held-out samples, of two classes or more, before anything is learned:
				*   0..255; 0: learn at once. Default 4 */
	uint8_t doubt;         /**< after harm was done, a label is not believed that the network gives less
				*   than this probability, 1/256: 0 (all are believed)..255. Default 8 */
};

/**
 * What a burst of learning did to the held-out samples. Means are over the classes that have any,
 * each class's own mean with the same weight: a class with one sample counts as one with twenty.
 */
struct tintin_evidence {
	uint32_t samples;
	uint32_t classes;
	int32_t loss;      /**< change of the loss, summed over the classes' means: 2^-8 of 1/128 */
	int32_t lost;      /**< hits lost less hits gained, summed over the classes' shares: 2^-8 */
	uint16_t rescales; /**< of weight tensors in the burst */
	bool collapsed;    /**< a class is never predicted any more, or always */
	bool opened;       /**< classes were opened in it, which shakes the others */
};

enum tintin_verdict {
	TINTIN_KEEP = 1,      /**< no worse than the last good state: it is the new one */
	TINTIN_WATCH = 2,     /**< worse within the bounds: go on, the last good state stays */
	TINTIN_TOLERATE = 3,  /**< hardly worse for a while now: keep it, and measure against the old one */
	TINTIN_ROLL_BACK = 4, /**< worse than the bounds allow: back to the last good state */
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
	uint8_t sceptical; /**< 1: labels that contradict the network are not believed */
	uint8_t reserved;
};

/** @return 0, or -EINVAL for options out of the ranges above */
int tintin_guard_check(const struct tintin_guard_options *options);

/** Judge a burst; slows down or recovers accordingly. */
enum tintin_verdict tintin_guard_judge(struct tintin_guard *guard,
				       const struct tintin_guard_options *options,
				       const struct tintin_evidence *evidence);

/**
 * Is the guard sceptical, and is @p probability, which the network gives a sample's label, so small
 * that the label is rather wrong than new?
 */
bool tintin_guard_doubts(const struct tintin_guard *guard,
			 const struct tintin_guard_options *options, uint16_t probability);

/** The world has changed, not only the labels: what contradicts the network may be right. */
static inline void tintin_guard_believe(struct tintin_guard *guard)
{
	guard->sceptical = 0;
}

/**
 * What a sample's note holds: its loss, here the probability that it is not its label's (which, unlike
 * a logarithm, does not mind how sure a wrong answer is), 1/128, at most 127; and whether it was hit.
 */
uint8_t tintin_guard_note(uint16_t probability, bool hit);

static inline bool tintin_guard_hit(uint8_t note)
{
	return (note & 0x80u) != 0;
}

/** One class's held-out samples, as they are judged. */
struct tintin_class_evidence {
	int32_t loss;      /**< change of the loss, summed, 1/128 */
	int16_t hits;      /**< change of the hits */
	uint16_t before;   /**< hits of the last good state */
	uint16_t samples;
	uint16_t predicted; /**< samples of any class that are now predicted as this one */
	uint8_t known;      /**< 1: the last good state had this class */
	uint8_t reserved[3];
};

/** Add a held-out sample's two notes to its class's evidence. */
void tintin_guard_count(struct tintin_class_evidence *evidence, uint8_t before, uint8_t after);

/** Add a class's evidence, when all samples are counted, to that of the burst. */
void tintin_guard_sum(struct tintin_evidence *sum, const struct tintin_class_evidence *evidence);

#endif
