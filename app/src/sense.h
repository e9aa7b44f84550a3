/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The sampling thread: takes readings as the devicetree node tintin,pipeline says, makes windows
 * of features and shows them to the network. A sensor that falls silent is reported once,
 * counted, and taken up again when it comes back; of one that is faulty (check.h) nothing is used.
 */
#ifndef APP_SENSE_H_
#define APP_SENSE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sense_status {
	uint32_t readings; /**< since boot */
	size_t filled;     /**< values in the vector under way */
	size_t length;     /**< of one that begins afresh */
	bool silent;
	uint8_t faults;  /**< enum tintin_sensor_fault, of the newest vector */
	uint32_t faulty; /**< vectors that were not used, since boot */
	uint32_t quiet;  /**< vectors that were not looked at: nothing moved (wake.h) */
};

/** Sample for ever, in the caller's thread. @return only if the sensor cannot be used at all */
int sense_run(void);

/** Begin the next window with the next reading. */
void sense_restart(void);

void sense_status(struct sense_status *out);

#endif
