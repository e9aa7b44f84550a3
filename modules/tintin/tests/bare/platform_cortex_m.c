/* SPDX-License-Identifier: Apache-2.0 */
/* The runner on a bare Cortex-M: files "job" and "output" by semihosting, the record in flash. */
#include "platform.h"

#include <errno.h>

#include "semihost.h"

#define SYSTICK_CONTROL (*(volatile uint32_t *)0xe000e010)
#define SYSTICK_RELOAD  (*(volatile uint32_t *)0xe000e014)
#define SYSTICK_VALUE   (*(volatile uint32_t *)0xe000e018)
#define SYSTICK_MASK    0xffffffu
#define SYSTICK_ON      5u /* processor clock, no interrupt */
#define SYSTICK_ENDED   (1u << 16) /* it came to 0 since the start */

static int32_t in, out;

static int32_t open_file(const char *name, uint32_t length, enum semihost_mode mode)
{
	const uint32_t arguments[3] = {(uint32_t)name, mode, length};

	return semihost(SEMIHOST_OPEN, arguments);
}

/* @return bytes that were not transferred */
static int32_t transfer(enum semihost operation, int32_t file, const void *data, size_t n)
{
	const uint32_t arguments[3] = {(uint32_t)file, (uint32_t)data, n};

	return semihost(operation, arguments);
}

const void *platform_record(size_t *room)
{
	*room = RUNNER_RECORD_ROOM;
	return (const void *)RUNNER_RECORD;
}

int platform_read(void *data, size_t n)
{
	return transfer(SEMIHOST_READ, in, data, n) == 0 ? 0 : -EIO;
}

int platform_write(const void *data, size_t n)
{
	return transfer(SEMIHOST_WRITE, out, data, n) == 0 ? 0 : -EIO;
}

void platform_start(void)
{
	SYSTICK_VALUE = 0; /* whatever is written; the next tick reloads it */
}

uint32_t platform_stop(void)
{
	uint32_t left = SYSTICK_VALUE;

	return SYSTICK_CONTROL & SYSTICK_ENDED ? PLATFORM_OVERRUN : -left & SYSTICK_MASK;
}

void platform_spin(uint32_t turns)
{
	__asm__ volatile(".syntax unified\n1:\tsubs %0, #1\n\tbne 1b" : "+l"(turns) : : "cc");
}

int main(void)
{
	SYSTICK_RELOAD = SYSTICK_MASK;
	SYSTICK_CONTROL = SYSTICK_ON;
	in = open_file("job", 3, SEMIHOST_READ_BINARY);
	out = open_file("output", 6, SEMIHOST_WRITE_BINARY);
	if (in < 0 || out < 0) {
		return 2;
	}
	return runner_run();
}
