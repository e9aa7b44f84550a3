/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Whether there is anything to look at: the mean difference between readings that follow each
 * other, over a vector, before front ends and network cost anything. The node's wake-difference is
 * the least that some value must reach; without it there always is.
 */
#ifndef APP_WAKE_H_
#define APP_WAKE_H_

#include <stdbool.h>
#include <stdint.h>

#ifdef CONFIG_APP_WAKE

/** Account for a reading: READING_VALUES values. */
void wake_reading(const int16_t *reading);

/** A vector is whole. @return whether it is worth looking at */
bool wake_verdict(void);

/** The vector under way was dropped. */
void wake_restart(void);

#else

static inline void wake_reading(const int16_t *reading)
{
	(void)reading;
}

static inline bool wake_verdict(void)
{
	return true;
}

static inline void wake_restart(void)
{
}

#endif

#endif
