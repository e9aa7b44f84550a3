/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Arm semihosting: files and exit of the computer that runs QEMU ("Semihosting for AArch32 and
 * AArch64", Arm).
 */
#ifndef SEMIHOST_H_
#define SEMIHOST_H_

#include <stdint.h>

enum semihost {
	SEMIHOST_OPEN = 0x01,
	SEMIHOST_WRITE = 0x05,
	SEMIHOST_READ = 0x06,
	SEMIHOST_EXIT_EXTENDED = 0x20,
};

enum semihost_mode {
	SEMIHOST_READ_BINARY = 1,
	SEMIHOST_WRITE_BINARY = 5,
};

static inline int32_t semihost(enum semihost operation, const void *arguments)
{
	register uint32_t r0 __asm__("r0") = operation;
	register const void *r1 __asm__("r1") = arguments;

	__asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
	return (int32_t)r0;
}

_Noreturn static inline void semihost_exit(uint32_t code)
{
	const uint32_t arguments[2] = {0x20026, code}; /* ADP_Stopped_ApplicationExit */

	for (;;) {
		semihost(SEMIHOST_EXIT_EXTENDED, arguments);
	}
}

#endif
