/* SPDX-License-Identifier: Apache-2.0 */
/* From reset to main() on any Cortex-M. A fault ends the program with FAULT_EXIT. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "platform.h"
#include "semihost.h"

#define FAULT_EXIT  99u
#define STACK_PAINT 0xa5u

/* From picolibc.ld. */
extern char __stack[], __heap_start[];
extern char __data_start[], __data_source[], __data_size[], __bss_start[], __bss_size[];

int main(void);

static void fault(void)
{
	semihost_exit(FAULT_EXIT);
}

static void paint_stack(void)
{
	/* Below memset's own frame; between the variables and the stack there is no heap. */
	uintptr_t top = (uintptr_t)__builtin_frame_address(0) - 128u;

	memset(__heap_start, STACK_PAINT, top - (uintptr_t)__heap_start);
}

uint32_t platform_stack(void)
{
	const char *low = __heap_start;

	while (low < __stack && (uint8_t)*low == STACK_PAINT) {
		low++;
	}
	return (uint32_t)(__stack - low);
}

void _start(void);
void _start(void)
{
#ifdef __ARM_FP
	*(volatile uint32_t *)0xe000ed88 |= 0xfu << 20; /* CPACR: the vector unit's registers */
	__asm__ volatile("dsb\n\tisb");
#endif
	memcpy(__data_start, __data_source, (size_t)__data_size);
	memset(__bss_start, 0, (size_t)__bss_size);
	paint_stack();
	semihost_exit((uint32_t)main());
}

__attribute__((section(".data.init.enter"), used)) static const void *const vectors[16] = {
	__stack, _start, fault, fault, fault, fault, fault,
};
