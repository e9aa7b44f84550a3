/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The sensor that the node tintin,pipeline names: when it is read, and its values as int16.
 */
#ifndef APP_SOURCE_H_
#define APP_SOURCE_H_

#include <stdbool.h>
#include <stdint.h>

#include <zephyr/kernel.h>

/** @return 0, or why the sensor cannot be used; said in the log */
int source_open(void);

/** Wait until it is time to read: the sensor has readings, the period is over, or the timeout. */
void source_wait(void);

/** Whether there is a rest after each vector; take it: no readings. */
bool source_rests(void);
void source_rest(void);

/** Take one reading: a value of each channel. @return 0, -EAGAIN for none yet, a driver's error */
int source_read(int16_t *values);

/** Whether more readings may be there already. */
bool source_queues(void);

/** Without a reading for so long a sensor is silent, ms. */
int source_timeout_ms(void);

#endif
