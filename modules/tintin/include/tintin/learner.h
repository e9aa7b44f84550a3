/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The learner above a network: it predicts each sample, learns from labels and from its replay
 * buffer, opens classes, notices drift, has the guard judge what it learned and undoes what made
 * it worse. LEARNER.md is normative; the same code runs on the host and on the device.
 *
 *   tintin_learner_size()     how much memory, before anything is allocated
 *   tintin_learner_open()     a learner over an open network; or tintin_learner_resume()
 *   tintin_learner_observe()  one sample, with or without its label, to a prediction
 *   tintin_learner_slice()    one bounded piece of the work that is due, until it returns 0
 *   tintin_learner_seal()     the memory may be stored: resumed from it, the bits are the same
 */
#ifndef TINTIN_LEARNER_H_
#define TINTIN_LEARNER_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tintin/drift.h>
#include <tintin/guard.h>
#include <tintin/network.h>
#include <tintin/replay.h>

#define TINTIN_LEARNER_MAGIC   0x4e524c54u /* "TLRN" */
#define TINTIN_LEARNER_VERSION 2u
#define TINTIN_NO_LABEL        (-1)
#define TINTIN_SHARE_BY_METHOD 1

/** How it learns. Names, layers and cost: tintin_method(). */
enum tintin_method_id {
	TINTIN_NAIVE = 0,      /**< each label once, all layers, nothing against forgetting */
	TINTIN_REPLAY = 1,     /**< and for each label some samples of the buffer, stored as inputs */
	TINTIN_LATENT = 2,     /**< the same with frozen lower layers; stored are activations above them */
	TINTIN_LAST_LAYER = 3, /**< each label once, only the last layer */
	TINTIN_NCM = 4,        /**< nearest class mean: the last layer's rows are means of its input */
	TINTIN_EWC = 5,        /**< each label once; a pull to the last good state by importance */
};
#define TINTIN_METHODS 6

/** A method as a row of the one table. */
struct tintin_method {
	const char *name;    /**< the same in C, Kconfig, CLI and reports: "replay", "last_layer", ... */
	const char *summary; /**< one sentence */
	bool latent;         /**< samples are stored as activations at the lowest layer that learns */
	bool last_only;      /**< only the last layer learns */
	bool replays;        /**< steps from the buffer follow each label */
	bool pulls;          /**< weights are pulled to the last good state */
	bool means;          /**< no gradient: class means */
};

/** The table's row. @return NULL for an unknown id */
const struct tintin_method *tintin_method(uint8_t id);

/** The id of a name, or -EINVAL. */
int tintin_method_named(const char *name);

/** The signals that are watched for drift. */
enum tintin_signal {
	TINTIN_SIGNAL_LOSS = 0,       /**< of each label before it is learned, nats */
	TINTIN_SIGNAL_CONFIDENCE = 1, /**< of each prediction, 0..1 */
	TINTIN_SIGNAL_OFFSET = 2,     /**< mean of each input sample, int8 / 128 */
	TINTIN_SIGNAL_AMPLITUDE = 3,  /**< mean of its magnitudes, int8 / 128 */
};
#define TINTIN_SIGNALS 4

/** Options; begin with tintin_learner_defaults(). Ranges are checked when a learner is opened. */
struct tintin_learner_options {
	uint8_t method;       /**< enum tintin_method_id. Default TINTIN_REPLAY */
	uint8_t replays;      /**< steps from the buffer that follow each label: 0..255. Default 7 */
	uint8_t share;        /**< one in so many samples is held out for the guard: 0 (no guard),
			       *   2..255. Default TINTIN_SHARE_BY_METHOD: 4 for methods that replay.
			       *   The others forget by their nature, and a guard undoes new classes */
	uint8_t imprint;      /**< samples that a new class's prototype is the mean of: 0..255;
			       *   0, and for ewc: a class opens with weights 0. Default 5 */
	uint16_t slots;       /**< samples in the buffer: 0 (none, and no guard)..65000. Default 200.
			       *   A method that neither replays nor has a guard takes none */
	uint16_t burst;       /**< learning steps between two judgements: 1..65535. Default 256 */
	uint16_t drift_steps; /**< steps from the buffer after a drift alarm: 0..65535. Default 64 */
	uint16_t idle_steps;  /**< steps from the buffer for each tintin_learner_idle(). Default 16 */
	uint16_t budget;      /**< learning steps allowed in each period: 0 (no limit)..65535. Default 0 */
	uint16_t period;      /**< observed samples that a period has: 1..65535. Default 64 */
	uint8_t pull_log2;    /**< ewc: strength of the pull, 2^-this of the distance for the most
			       *   important weight: 1..16. Default 2 */
	uint8_t pull_every;   /**< ewc: learning steps between two pulls: 1..128. Default 8 */
	uint16_t memory;      /**< ncm: samples that a mean remembers, 1..16384; then the oldest fade.
			       *   Default 1024 */
	uint32_t seed;        /**< of the buffer's random choices. Default 1 */
	struct tintin_guard_options guard;
	struct tintin_drift_options drift[TINTIN_SIGNALS];
};

/** Fill in the defaults. */
void tintin_learner_defaults(struct tintin_learner_options *options);

/** What happened that an application or a report may want to say. */
enum tintin_event_kind {
	TINTIN_EVENT_OPENED = 1,      /**< a class was opened; value: which */
	TINTIN_EVENT_DRIFT = 2,       /**< a signal's mean moved; value: enum tintin_signal */
	TINTIN_EVENT_KEPT = 3,        /**< the state was judged good and kept; value: change of the loss,
				       *   struct tintin_evidence */
	TINTIN_EVENT_ROLLED_BACK = 4, /**< it was undone and the rate lowered; value: enum tintin_cause */
	TINTIN_EVENT_RECOVERED = 5,   /**< the rate was raised again; value: halvings left */
	TINTIN_EVENT_REFUSED = 6,     /**< the permit or the budget said no; value: enum tintin_work */
	TINTIN_EVENT_FAILED = 7,      /**< keep or restore failed; value: -errno as it was returned */
};

struct tintin_event {
	uint8_t kind;     /**< enum tintin_event_kind */
	int32_t value;
	uint32_t observed; /**< samples observed so far */
	uint32_t step;     /**< of the network */
};

/** What a piece of learning is for. */
enum tintin_work {
	TINTIN_WORK_LABEL = 0,  /**< a label that has just come */
	TINTIN_WORK_REPLAY = 1, /**< the steps from the buffer that follow it */
	TINTIN_WORK_DRIFT = 2,  /**< the burst after an alarm */
	TINTIN_WORK_IDLE = 3,   /**< tintin_learner_idle() */
};

/**
 * What the application does for the learner. Each may be NULL.
 *
 * keep     store the network's state as the last good one, and the sealed learner where both are to
 *          survive a power cycle: tintin_store_save(), or tintin_save() to RAM and tintin_rebase()
 * restore  bring the last good state back: tintin_open() over that record in the same arena.
 *          Without it the guard can only slow down
 * permit   may this be done now? The supply's say. Asked once for each label, replay or burst
 * event    told of each event, in the thread that called the learner
 */
struct tintin_learner_hooks {
	int (*keep)(void *context);
	int (*restore)(void *context);
	bool (*permit)(void *context, enum tintin_work work);
	void (*event)(void *context, const struct tintin_event *event);
	void *context;
};

/** Counted since the learner was opened, through all power cycles. */
struct tintin_counters {
	uint32_t observed;  /**< samples */
	uint32_t labels;    /**< of them labelled */
	uint32_t hits;      /**< labelled samples that were predicted rightly before they were learned */
	uint32_t steps;     /**< learning steps done, rolled back ones too: what energy is spent on */
	uint32_t replayed;  /**< of them from the buffer */
	uint32_t judged;    /**< held-out samples predicted by the guard */
	uint32_t bursts;    /**< judgements */
	uint32_t kept;      /**< states kept */
	uint32_t rollbacks; /**< states undone */
	uint32_t refused;   /**< labels and bursts that permit or budget refused */
	uint32_t doubted;   /**< labels, new or from the buffer, that the guard did not believe */
	uint32_t failures;  /**< of keep and restore */
	uint32_t alarms[TINTIN_SIGNALS];
};

/** Prequential record of one class. */
struct tintin_class {
	uint32_t labels, hits; /**< labelled samples; of them predicted rightly before */
	/* The rest is private. */
	struct tintin_class_evidence held;
	uint16_t learned; /* samples in its prototype or mean */
	uint16_t lately;  /* ewc: so many labels more it competes */
};

/** The part of the learner that is stored; its fields are private but for the counters. */
struct tintin_learner_state {
	uint32_t magic;
	uint16_t version;
	uint16_t classes;
	uint32_t size;    /* of the whole memory, bytes */
	uint32_t crc;     /* of all of it but this word, as of the last seal */
	uint32_t network; /* shape hash */
	uint32_t importance; /* bytes between class table and replay block: ewc's */
	struct tintin_counters counters;
	struct tintin_drift drift[TINTIN_SIGNALS];
	struct tintin_guard guard;
	struct tintin_rate rate; /* as set by the user; in force is it halved guard.slow times */
	uint8_t method;
	uint8_t reserved;
	uint16_t burst;   /* steps since the last judgement */
	uint16_t replays; /* steps from the buffer that are due */
	uint16_t cursor;  /* 1 + the next slot to judge; 0: no judgement under way */
	uint16_t used;    /* steps of this period's budget */
	uint16_t period;  /* samples into the period */
	uint8_t since_pull;
	uint8_t flags;
	int16_t exponents; /* sum of the weight exponents as of the last judgement */
	uint16_t since_anchor; /* ewc: learning steps */
	struct tintin_evidence evidence;
};

/** An open learner. Its fields are private. */
struct tintin_learner {
	struct tintin *net;
	struct tintin_learner_state *state;
	struct tintin_class *classes;
	uint8_t *importance;
	struct tintin_replay *replay; /* NULL for none */
	struct tintin_learner_options options;
	struct tintin_learner_hooks hooks;
};

/** Which layers a method lets learn: for tintin_open(), and for sizes.
 * @param wanted  the layers that the user wants to learn; TINTIN_TRAIN_ALL for the method's own */
uint32_t tintin_method_train(uint8_t method, const void *record, uint32_t wanted);

/**
 * Exact size of the learner's memory, its replay buffer included; the same on every target.
 *
 * @return 0, or -EINVAL for options out of range
 */
int tintin_learner_size(const struct tintin *net, const struct tintin_learner_options *options,
			size_t *need);

/**
 * A new learner over an open network. Options and hooks are copied; they may be the learner's own.
 *
 * @param memory  4-byte aligned, stays with the learner
 * @return 0; -EINVAL (options, alignment), -ENOMEM (size), -EPERM (the network does not learn, or
 *         not the layers that the method needs)
 */
int tintin_learner_open(struct tintin_learner *learner, struct tintin *net,
			const struct tintin_learner_options *options,
			const struct tintin_learner_hooks *hooks, void *memory, size_t size);

/**
 * Go on from a memory that was sealed, over the network that was saved at the same time.
 *
 * @return as tintin_learner_open(), and -ENOEXEC, -ENOTSUP, -EBADMSG, -ESTALE for a memory that is
 *         none, newer, damaged, or of another network, method or buffer
 */
int tintin_learner_resume(struct tintin_learner *learner, struct tintin *net,
			  const struct tintin_learner_options *options,
			  const struct tintin_learner_hooks *hooks, void *memory, size_t size);

/** Make the memory's CRC right, so that it can be stored: when nothing is due, or inside keep.
 * @return 0, -EBUSY in the middle of a learning step or a judgement */
int tintin_learner_seal(struct tintin_learner *learner);

/**
 * One sample: predict it, watch its signals and, where it has a label, learn from it. The learning
 * itself is done by tintin_learner_slice(). An alarm makes a burst due.
 *
 * @param x      int8 [h][w][c] of the network's input, @p n of them
 * @param label  its class, or TINTIN_NO_LABEL
 * @param out    the prediction, made before learning
 * @return 0, -EINVAL (length), -EDOM (label), -EBUSY: with a label, while earlier work is due;
 *         without one, inside a learning step of a network not opened concurrent
 */
int tintin_learner_observe(struct tintin_learner *learner, const int8_t *x, size_t n, int32_t label,
			   struct tintin_prediction *out);

/** A label that came late, for a sample that was observed without it. Errors as above. */
int tintin_learner_teach(struct tintin_learner *learner, const int8_t *x, size_t n, uint16_t label,
			 struct tintin_prediction *before);

/** Put a labelled sample into the buffer and learn nothing from it now: a factory's samples. Its
 * class is not opened. @return 0, -EPERM without a buffer, and the errors of observe */
int tintin_learner_remember(struct tintin_learner *learner, const int8_t *x, size_t n,
			    uint16_t label);

/** There is time: learn from the buffer. @return steps that are now due, 0 for none */
int tintin_learner_idle(struct tintin_learner *learner);

/**
 * Make the network the last good state, before a save or at an end: the guard judges what was
 * learned since, and here has no patience: the slices that are then due keep it or roll it back.
 *
 * @return 0, -EBUSY inside a learning step
 */
int tintin_learner_settle(struct tintin_learner *learner);

/**
 * One bounded piece of what is due: a slice of a learning step, one held-out sample's prediction,
 * or a keep or restore.
 *
 * @return 1 while there is more, 0 when nothing is due
 */
int tintin_learner_slice(struct tintin_learner *learner);

/** The learning rate as the user means it; the guard's halvings come on top.
 * @return 0, -EINVAL, -EBUSY inside a learning step */
int tintin_learner_set_rate(struct tintin_learner *learner, struct tintin_rate rate);

/**
 * Close a class, or all (TINTIN_NO_LABEL): it is not predicted until a label opens it. Its samples
 * stay. The network is then kept as the last good state.
 *
 * @return 0, -EDOM, -EBUSY while work is due
 */
int tintin_learner_close(struct tintin_learner *learner, int32_t label);

/** What was counted. */
const struct tintin_counters *tintin_learner_counters(const struct tintin_learner *learner);

/** The record of class @p label. @return NULL when there is no such class */
const struct tintin_class *tintin_learner_class(const struct tintin_learner *learner,
						uint16_t label);

/** Erase the samples of one class, or of all (TINTIN_NO_LABEL). @return 0, -EDOM */
int tintin_learner_erase(struct tintin_learner *learner, int32_t label);

#endif
