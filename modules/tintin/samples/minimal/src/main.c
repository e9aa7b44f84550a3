/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <tintin/tintin.h>

static const uint8_t model[] __aligned(4) = {
#include "model.inc"
};
static uint8_t arena[1024] __aligned(4); /* `tintin info model.tt` says how much it takes */
static const int8_t sample[3][4] = {{90, 5, 5, 20}, {5, 90, 5, 20}, {5, 5, 90, 20}};

int main(void)
{
	const struct tintin_options options = {.train = TINTIN_TRAIN_ALL};
	struct tintin_arena memory = {.base = arena, .size = sizeof(arena)};
	struct tintin_prediction guess;
	struct tintin net;
	int hits = 0, error = tintin_open(&net, model, sizeof(model), &options, &memory);

	if (error) {
		printf("%s; it takes %u bytes\n", tintin_reason(error), (unsigned int)memory.need);
		return error;
	}
	for (int i = 0; i < 300; i++) {
		tintin_learn(&net, sample[i % 3], 4, i % 3, NULL);
	}
	for (int label = 0; label < 3; label++) {
		tintin_predict(&net, sample[label], 4, &guess);
		hits += guess.label == label;
	}
	printf("learned: %d of 3\n", hits);
	return 0;
}
