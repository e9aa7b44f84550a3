/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold for any bytes: they are refused, or they are a network that can be used. */
#include <stdlib.h>
#include <string.h>

#include <tintin/tintin.h>

#include "fuzz.h"

#define MOST_MACS  4000000u /* of one pass: larger networks are opened, not run */
#define MOST_ARENA (32u << 20)

struct fuzz_count fuzz_count;

static void demand(bool condition)
{
	if (!condition) {
		abort();
	}
}

static uint32_t work_of(const struct tintin *net)
{
	struct tintin_layer_info info;
	uint64_t work = 0;

	for (unsigned int l = 0; tintin_layer_info(net, l, &info) == 0; l++) {
		uint64_t out = (uint64_t)info.out.h * info.out.w * info.out.c;
		uint64_t taps = info.kernel_h ? (uint64_t)info.kernel_h * info.kernel_w : 1;

		work += info.macs + out * taps;
	}
	return work < UINT32_MAX ? (uint32_t)work : UINT32_MAX;
}

static void fill_sample(int8_t *x, size_t n, uint32_t i)
{
	for (size_t k = 0; k < n; k++) {
		x[k] = (int8_t)model_hash((uint32_t)k * 31u + i);
	}
	if (i % 3 == 0) {
		memset(x, i % 2 ? INT8_MIN : INT8_MAX, n);
	}
}

static int append(void *context, const void *data, size_t n)
{
	struct blob *blob = context;

	memcpy(blob->data + blob->size, data, n);
	blob->size += n;
	return 0;
}

/* What is saved is a record of the same network. */
static void save(const struct tintin *net)
{
	struct blob saved = {.data = malloc(tintin_save_size(net))};
	struct tintin_sink sink = {.write = append, .context = &saved};

	demand(tintin_save(net, &sink) == 0 && saved.size == tintin_save_size(net));
	demand(tintin_record_check(saved.data, saved.size) == (int)saved.size);
	blob_free(&saved);
}

static void use(struct tintin *net)
{
	size_t n = tintin_input_length(net);
	uint16_t classes = net->record->classes;
	int8_t *x = malloc(n);
	struct tintin_prediction p = {0};

	for (uint32_t i = 0; i < 4; i++) {
		int error;

		fill_sample(x, n, i);
		error = tintin_learn(net, x, n, (uint16_t)(i % classes), &p);
		demand(error == 0 || error == -EPERM);
		demand(tintin_learn(net, x, n, classes, NULL) != 0);
		demand(tintin_predict(net, x, n, &p) == 0);
		demand(p.label < classes && p.confidence <= 32768);
	}
	demand(tintin_learn_flush(net) == 0);
	free(x);
}

static void try_options(const struct blob *record, const struct tintin_options *options)
{
	struct tintin_arena arena = {0};
	struct tintin net;

	demand(tintin_arena_size(record->data, record->size, options, &arena.size) == 0);
	if (arena.size > MOST_ARENA) {
		return;
	}
	arena.base = malloc(arena.size); /* exactly: AddressSanitizer guards both ends */
	demand(tintin_open(&net, record->data, record->size, options, &arena) == 0);
	if (work_of(&net) <= MOST_MACS) {
		use(&net);
		save(&net);
	}
	free(arena.base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint32_t some = size > 4 ? (uint32_t)data[size - 1] << 2 | data[size - 2] : 1u;
	const struct tintin_options options[] = {
		{.train = TINTIN_TRAIN_ALL, .concurrent = (some & 1u) != 0},
		{.train = some, .batch_log2 = some % 7u},
		{.train = TINTIN_TRAIN_NONE},
	};
	struct blob record = blob_copy(data, size);
	int result = tintin_record_check(record.data, record.size);

	fuzz_count.tried++;
	demand(result < 0 || (size_t)result <= size);
	if (result > 0) {
		fuzz_count.opened++;
		for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
			try_options(&record, &options[i]);
		}
	}
	blob_free(&record);
	return 0;
}
