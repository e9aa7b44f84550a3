/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The network of a device, shared by threads: one thread shows it windows of samples, another
 * labels them, and a thread of the service learns in between. All functions may be called from
 * any thread, none from an interrupt.
 *
 * Beside the errors of <tintin/error.h> (of which the first that opening the network gave is
 * what every function returns while no network is open):
 *
 * | value    | meaning                                                              |
 * |----------|----------------------------------------------------------------------|
 * | -EAGAIN  | that window is not there: not yet, or no longer                      |
 * | -EBUSY   | the queue of labels is full: ask again                               |
 * | -ENODATA | that window came of a faulty sensor: nothing is known of it             |
 * | -EPERM   | learning is switched off, or there is no buffer to learn from        |
 */
#ifndef TINTIN_SERVICE_H_
#define TINTIN_SERVICE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tintin/learner.h>
#include <tintin/tintin.h>

/** A window of samples that the network was shown. */
struct tintin_window {
	uint32_t number; /**< 1 for the first since boot */
	struct tintin_prediction prediction;
};

/** Counters since boot or tintin_service_stats_reset(). */
struct tintin_stats {
	uint32_t windows;        /**< shown or skipped */
	uint32_t labels;         /**< accepted */
	uint32_t learned;        /**< labels whose learning is done */
	uint32_t hits;           /**< of these, samples that were predicted right before it */
	uint32_t sensor_errors;  /**< times that the sensor failed, fell silent or became faulty */
	uint32_t save_errors;    /**< automatic saves that failed, the guard's among them */
	uint64_t predict_cycles; /**< of all predictions, hardware cycles */
	uint64_t learn_cycles;   /**< of all that these labels made due, hardware cycles */
};

/** What the service is doing. */
enum tintin_state {
	TINTIN_STATE_FAILED,   /**< no network is open */
	TINTIN_STATE_SILENT,   /**< the sensor gives no readings */
	TINTIN_STATE_FAULTY,   /**< the newest window came of a faulty sensor */
	TINTIN_STATE_LEARNING, /**< labels are queued or being learned */
	TINTIN_STATE_FROZEN,   /**< learning is off, or not built in */
	TINTIN_STATE_READY,
};

/** The network as it is now. */
struct tintin_service_info {
	struct tintin_shape input;
	uint16_t classes;
	uint8_t layers;
	uint32_t step;           /**< samples learned from, over the network's whole life */
	uint32_t saved_step;     /**< step of the newest saved record, 0 for none */
	size_t arena, arena_need; /**< bytes given, bytes taken */
	size_t record;           /**< bytes of the record that a save writes */
	size_t store_capacity;   /**< bytes of the largest record that fits, 0 without a store */
	struct tintin_rate rate;
	bool train;              /**< labels are learned from */
	uint32_t pending;        /**< labels queued or being learned */
	uint32_t window;         /**< number of the newest window, 0 before the first since boot */
	enum tintin_state state;
};

/** A record that was just saved. */
struct tintin_saved {
	uint32_t step;
	uint32_t size; /**< bytes */
	uint32_t crc;  /**< of the record, its last 4 bytes */
};

/**
 * Open the network: the newest saved record, or @p factory where nothing usable was saved. A saved
 * record that is damaged, of another network, or of another identity (tintin_service_identify()) is
 * reported in the log and left alone: the first save goes into the other slot.
 *
 * @param factory  the record that the application was built with; must stay where it is
 * @return 0 or why @p factory cannot be opened
 */
int tintin_service_start(const void *factory, size_t size);

/** Show the network a window and have its class predicted, in the caller's thread; without
 * CONFIG_TINTIN_CONCURRENT that waits until the label under way is learned. */
int tintin_service_observe(const int8_t *x, size_t n, struct tintin_window *out);

/**
 * A window that came of a faulty sensor: it has a number, and is neither predicted nor learned from.
 *
 * @return its number
 */
uint32_t tintin_service_skip(void);

/** The newest window. @return 0, -EAGAIN before the first, -ENODATA for one that was skipped */
int tintin_service_latest(struct tintin_window *out);

/**
 * Say what a window was: it is queued to be learned from.
 *
 * @param number  of the window, 0 for the newest
 * @param out     the window, with what was predicted when it was shown
 * @return labels queued or being learned, this one included; -EAGAIN, -ENODATA, -EDOM, -EBUSY,
 *         -EPERM
 */
int tintin_service_label(uint32_t number, uint16_t label, struct tintin_window *out);

/** Switch learning on or off. @return 0, -EPERM where no layer learns. */
int tintin_service_train(bool on);

/** Waits for the step under way: a step has one rate. @return 0, -EINVAL for a rate out of range */
int tintin_service_set_rate(struct tintin_rate rate);

/**
 * Save the network, and what learns it, as the last good state. Waits for the learning step under way;
 * with a guard, what was learned since its last verdict is judged first, and kept or undone. All of
 * that on the caller's stack: about 900 bytes on Cortex-M3.
 *
 * @return 0, -ENOSPC, -EIO
 */
int tintin_service_save(struct tintin_saved *out);

/** Go back to what was saved last; queued labels are dropped. @return 0, -ENOENT, -ESTALE */
int tintin_service_load(void);

/** Forget everything learned: erase the store and open the factory record. @return 0, -EIO */
int tintin_service_reset(void);

int tintin_service_info(struct tintin_service_info *out);
void tintin_service_stats(struct tintin_stats *out);
void tintin_service_stats_reset(void);

/** For the owner of the sensor: it fell silent or failed (counted), or gives readings again. */
void tintin_service_sensor(bool silent);

/**
 * Say what the network's inputs and outputs mean, as a number other than 0: a checksum over front
 * ends, centres, classes. It is saved with the network, and what was saved under another one is not
 * gone on from: weights that were taught with other inputs or classes are worth nothing. What was
 * saved without is. Before tintin_service_start().
 */
void tintin_service_identify(uint32_t identity);

/** State of the application's own that is saved with the network, under the same mark. */
struct tintin_attachment {
	uint32_t tag; /**< four letters, the first in the lowest byte */
	void *data;
	size_t size;
	void (*refresh)(void *data); /**< where not NULL, called before each save, under the service's lock */
	/** Where not NULL, called when the network went back to what was saved or to the factory's, under
	 * the service's locks: tintin_service_attached() says what belongs to it. */
	void (*reopened)(void *data);
};

/** Attachments there may be. */
#define TINTIN_ATTACHMENTS 4

/**
 * Have it saved with every save. Before tintin_service_start(), from one thread.
 *
 * @param attachment  stays where it is
 * @return 0, -ENOSPC for more than TINTIN_ATTACHMENTS
 */
int tintin_service_attach(const struct tintin_attachment *attachment);

/**
 * What was saved under a tag beside the record that the network goes on from. In place in flash,
 * 4-byte aligned: to be copied before the second save from now.
 *
 * @return 0, -ENOENT: nothing, or the network begins from the factory record
 */
int tintin_service_attached(uint32_t tag, const void **data, size_t *size);

/**
 * Have an application say whether there is supply or time for a piece of learning; NULL: always.
 * Asked in the learning thread or the sampler's, under the service's lock: it must not call the service.
 */
void tintin_service_permit(bool (*permit)(enum tintin_work work));

/** The learner above the network (CONFIG_TINTIN_LEARNER) as it is now. */
struct tintin_learner_status {
	const char *method;
	uint16_t classes, open;      /**< of the network; of them open */
	uint16_t slots, count, held; /**< of the buffer: room, samples, of them held out for the guard */
	uint8_t share;               /**< one in so many is held out, 0: none */
	uint32_t seed;               /**< of the buffer's random choices */
	size_t memory, need;         /**< bytes given, bytes taken */
	struct tintin_rate rate;     /**< in force: as set, and halved by the guard */
	uint8_t slow;                /**< how often it is halved */
	uint8_t cause;               /**< enum tintin_cause of the last rollback */
	uint32_t idle_after;         /**< s without a label before it learns from the buffer, 0: never */
	struct tintin_counters counters;
};

/** What it knows of one class. */
struct tintin_class_status {
	bool open;
	uint32_t labels, hits;  /**< labelled; of them predicted rightly before they were learned */
	uint16_t samples, held; /**< in the buffer; of them held out for the guard */
};

/** @return 0, -ENOTSUP without a learner, or why it does not run */
int tintin_service_learner(struct tintin_learner_status *out);

/** @return as above, -EDOM */
int tintin_service_class(uint16_t label, struct tintin_class_status *out);

/** There is time: learn from the buffer. @return labels and such work queued, -EBUSY, -EPERM without one */
int tintin_service_idle(void);

/** Most seconds for tintin_service_idle_after(). */
#define TINTIN_IDLE_MOST 4000000u

/** Learn from the buffer when no label came for so long, then when none came for twice as long again,
 * and so on; 0: never. @return 0, -EPERM without a buffer, -EBUSY */
int tintin_service_idle_after(uint32_t seconds);

/** Erase the samples of one class, or of all (TINTIN_NO_LABEL), from the buffer. @return 0, -EDOM */
int tintin_service_erase(int32_t label);

/** Close a class, or all, until a label opens it; saves. @return 0, -EDOM */
int tintin_service_close(int32_t label);

/**
 * Go on with another method until the next start: over the network as it was saved last (what came
 * since is lost: save first) a learner begins anew, and saves what it begins with. Where that does not
 * fit, the former method goes on, over the network as it was saved, too.
 *
 * @param name    as tintin_method() has it
 * @param layers  bit l: layer l learns, where the method leaves the choice; CONFIG_TINTIN_TRAIN_LAYERS
 * @return 0, -ENOENT for no such name, -ENOMEM (the log has the figure), -EPERM when no layer would
 *         learn, or why there is no network
 */
int tintin_service_learner_method(const char *name, uint32_t layers);

/**
 * Set an option of the learner by its name in <tintin/learner.h> until the next start: any but those
 * that fix its memory.
 *
 * @return 0, -ENOENT for no such name, -EINVAL for a value out of range
 */
int tintin_service_learner_set(const char *name, uint32_t value);

/** The option's value. @return 0, -ENOENT */
int tintin_service_learner_get(const char *name, uint32_t *value);

/** Names of the options that can be set, NULL behind the last. */
const char *tintin_service_learner_option(unsigned int i);

#endif
