/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The flash simulator's counters, and the limits behind which it does nothing any more.
 */
#ifndef FLASH_FAULTS_H_
#define FLASH_FAULTS_H_

#include <stdint.h>

/** One of the simulator's statistics; fails the test where there is none of that name. */
uint32_t *flash_statistic(const char *group, const char *name);

/** All works again. */
void flash_recover(void);

#define WRITES     (*flash_statistic("flash_sim_stats", "flash_write_calls"))
#define ERASES     (*flash_statistic("flash_sim_stats", "flash_erase_calls"))
#define LAST_WRITE (*flash_statistic("flash_sim_thresholds", "max_write_calls"))
#define LAST_ERASE (*flash_statistic("flash_sim_thresholds", "max_erase_calls"))
#define LAST_BYTES (*flash_statistic("flash_sim_thresholds", "max_len"))

#endif
