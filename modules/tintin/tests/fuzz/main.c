/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz [runs] [seed]: a bounded run. A failure prints the one seed that repeats it. */
#include <stdio.h>
#include <stdlib.h>

#include <sanitizer/common_interface_defs.h>
#include <signal.h>

#include "fuzz.h"

static uint32_t seed;

static void tell_seed(void)
{
	fprintf(stderr, "fuzz: seed %u breaks it; repeat: make fuzz RUNS=1 SEED=%u\n", seed, seed);
}

static void on_abort(int signal_number)
{
	(void)signal_number;
	tell_seed();
	_Exit(1);
}

static void run_once(void)
{
	uint32_t state = model_hash(seed);
	struct blob record = fuzz_network(&state);
	unsigned int opened = fuzz_count.opened;

	LLVMFuzzerTestOneInput(record.data, record.size);
	if (fuzz_count.opened != opened + 1u) {
		abort(); /* what was generated is sound: it has to open */
	}
	for (int i = 0; i < 8; i++) {
		struct blob changed = blob_copy(record.data, record.size);

		fuzz_mutate(&changed, &state);
		LLVMFuzzerTestOneInput(changed.data, changed.size);
		blob_free(&changed);
	}
	blob_free(&record);
}

int main(int argc, char **argv)
{
	uint32_t runs = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 0) : 1000u;
	uint32_t first = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 0) : 1u;

	signal(SIGABRT, on_abort);
	__sanitizer_set_death_callback(tell_seed);
	for (uint32_t i = 0; i < runs; i++) {
		seed = first + i;
		run_once();
	}
	printf("fuzz: %u records from seed %u on, %u of them opened, none did harm\n",
	       fuzz_count.tried, first, fuzz_count.opened);
	return fuzz_count.opened > 0 ? 0 : 1;
}
