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
 * | -EPERM   | learning is switched off                                             |
 */
#ifndef TINTIN_SERVICE_H_
#define TINTIN_SERVICE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tintin/tintin.h>

/** A window of samples that the network was shown. */
struct tintin_window {
	uint32_t number; /**< 1 for the first since boot */
	struct tintin_prediction prediction;
};

/** Counters since boot or tintin_service_stats_reset(). */
struct tintin_stats {
	uint32_t windows;        /**< shown */
	uint32_t labels;         /**< accepted */
	uint32_t learned;        /**< learning steps completed */
	uint32_t hits;           /**< of these, samples that were predicted right before the step */
	uint32_t sensor_errors;  /**< times that the sensor failed or fell silent */
	uint32_t save_errors;    /**< automatic saves that failed */
	uint64_t predict_cycles; /**< of all predictions, hardware cycles */
	uint64_t learn_cycles;   /**< of all completed learning steps, hardware cycles */
};

/** What the service is doing. */
enum tintin_state {
	TINTIN_STATE_FAILED,   /**< no network is open */
	TINTIN_STATE_SILENT,   /**< the sensor gives no readings */
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
 * record that is damaged or of another network is reported in the log and left alone.
 *
 * @param factory  the record that the application was built with; must stay where it is
 * @return 0 or why @p factory cannot be opened
 */
int tintin_service_start(const void *factory, size_t size);

/** Show the network a window and have its class predicted, in the caller's thread. */
int tintin_service_observe(const int8_t *x, size_t n, struct tintin_window *out);

/** The newest window. @return 0, -EAGAIN before the first */
int tintin_service_latest(struct tintin_window *out);

/**
 * Say what a window was: it is queued to be learned from.
 *
 * @param number  of the window, 0 for the newest
 * @param out     the window, with what was predicted when it was shown
 * @return labels queued or being learned, this one included; -EAGAIN, -EDOM, -EBUSY, -EPERM
 */
int tintin_service_label(uint32_t number, uint16_t label, struct tintin_window *out);

/** Switch learning on or off. @return 0, -EPERM where no layer learns. */
int tintin_service_train(bool on);

/** @return 0, -EINVAL for a rate out of range */
int tintin_service_set_rate(struct tintin_rate rate);

/** Save the network. Waits for the learning step under way. @return 0, -ENOSPC, -EIO */
int tintin_service_save(struct tintin_saved *out);

/** Go back to the newest saved record; queued labels are dropped. @return 0, -ENOENT, -ESTALE */
int tintin_service_load(void);

/** Forget everything learned: erase the store and open the factory record. @return 0, -EIO */
int tintin_service_reset(void);

int tintin_service_info(struct tintin_service_info *out);
void tintin_service_stats(struct tintin_stats *out);
void tintin_service_stats_reset(void);

/** For the owner of the sensor: it fell silent or failed (counted), or gives readings again. */
void tintin_service_sensor(bool silent);

#endif
