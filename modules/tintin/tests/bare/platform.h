/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the runner needs from where it runs: the host (platform_host.c) or a bare Cortex-M under
 * semihosting (platform_cortex_m.c). Each has the main().
 */
#ifndef PLATFORM_H_
#define PLATFORM_H_

#include <stddef.h>
#include <stdint.h>

/** The network's record, in place, and how many bytes may be read there. */
const void *platform_record(size_t *room);

/** Read exactly @p n bytes of the job. @return 0 or -EIO */
int platform_read(void *data, size_t n);

/** Append to the output. @return 0 or -EIO */
int platform_write(const void *data, size_t n);

#define PLATFORM_OVERRUN UINT32_MAX

/** Start counting executed instructions. One measurement at a time. */
void platform_start(void);

/** @return ticks since the start, 0 where there is no counter, PLATFORM_OVERRUN after too long */
uint32_t platform_stop(void);

/** A loop of two instructions a turn, to check the counter by. */
void platform_spin(uint32_t turns);

/** Bytes of stack used at most so far, 0 where that is not known. */
uint32_t platform_stack(void);

/** Run one job. @return exit code */
int runner_run(void);

#endif
