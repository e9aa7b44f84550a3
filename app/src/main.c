/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three threads, by falling priority: this one samples and predicts, the shell answers, and the
 * learning thread of the service takes what time is left.
 */
#include <zephyr/kernel.h>

#include <tintin/service.h>

#include "factory.h"
#include "input.h"
#include "sense.h"

#if defined(CONFIG_SHELL_THREAD_PRIORITY_OVERRIDE) && defined(CONFIG_TINTIN_TRAINING)
BUILD_ASSERT(CONFIG_MAIN_THREAD_PRIORITY < CONFIG_SHELL_THREAD_PRIORITY &&
		     CONFIG_SHELL_THREAD_PRIORITY < CONFIG_TINTIN_LEARN_PRIORITY,
	     "sampling before the shell before learning");
#endif

int main(void)
{
	input_attach();
	/* Without a network the device still answers, and says why. Nobody saves before the input is
	 * open: this thread comes before all others, and does not wait until then. */
	(void)tintin_service_start(factory_record, factory_record_size);
	return sense_run();
}
