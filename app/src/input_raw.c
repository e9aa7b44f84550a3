/* SPDX-License-Identifier: Apache-2.0 */
/* Readings one after another are the network's input. */
#include "input.h"

#include "pipeline_node.h"

#define LENGTH (DT_PROP(PIPELINE, window) * READING_VALUES)

BUILD_ASSERT(LENGTH <= CONFIG_TINTIN_SAMPLE_SIZE, "a window is longer than TINTIN_SAMPLE_SIZE");

static int8_t memory[LENGTH];
static size_t filled;

/* A window is all there is. */
void input_attach(void)
{
}

int input_open(void)
{
	return 0;
}

bool input_push(const int16_t *reading)
{
	filled = input_filled();
	for (size_t i = 0; i < READING_VALUES; i++) {
		memory[filled++] = (int8_t)reading[i];
	}
	return filled == LENGTH;
}

struct input_vector input_vector(void)
{
	return (struct input_vector){.x = memory, .n = LENGTH};
}

size_t input_restart(void)
{
	size_t dropped = input_filled();

	filled = 0;
	return dropped;
}

/* A window that is full stays until the next reading. */
size_t input_filled(void)
{
	return filled == LENGTH ? 0 : filled;
}

size_t input_length(void)
{
	return LENGTH;
}
