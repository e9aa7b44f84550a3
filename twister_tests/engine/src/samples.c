/* SPDX-License-Identifier: Apache-2.0 */
#include "samples.h"

#include <string.h>

#include <zephyr/ztest.h>

#define SEED 20240704u

const uint8_t network_record[RECORD_SIZE] __aligned(4) = {
#include "network.inc"
};

uint8_t test_arena[ARENA_SIZE] __aligned(4);
static uint32_t state;

static uint32_t word(void)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

void samples_rewind(void)
{
	state = SEED;
}

const struct sample *samples_next(void)
{
	static struct sample sample;

	sample.label = (uint16_t)(word() % CLASSES);
	for (int k = 0; k < SAMPLE_LENGTH; k++) {
		int noise = (int)(word() >> 26) - 32;

		sample.x[k] = (int8_t)(noise + (k / 8 == sample.label ? 60 : 0));
	}
	return &sample;
}

void open_network(struct tintin *net)
{
	static const struct tintin_options options = {.train = TINTIN_TRAIN_ALL};
	struct tintin_arena arena = {.base = test_arena, .size = sizeof(test_arena)};

	zassert_ok(tintin_open(net, network_record, sizeof(network_record), &options, &arena));
	samples_rewind();
}

unsigned int learn_samples(struct tintin *net, unsigned int n)
{
	unsigned int hits = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct sample *s = samples_next();
		struct tintin_prediction before;

		zassert_ok(tintin_learn(net, s->x, SAMPLE_LENGTH, s->label, &before));
		hits += before.label == s->label;
	}
	return hits;
}

/* The last piece of a record is its CRC. */
static int keep_last_word(void *context, const void *data, size_t n)
{
	memcpy(context, (const uint8_t *)data + n - sizeof(uint32_t), sizeof(uint32_t));
	return 0;
}

uint32_t record_crc(const struct tintin *net)
{
	uint32_t crc = 0;
	const struct tintin_sink sink = {.write = keep_last_word, .context = &crc};

	zassert_ok(tintin_save(net, &sink));
	return crc;
}
