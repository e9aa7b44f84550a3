/* SPDX-License-Identifier: Apache-2.0 */
#include "wake.h"

#include <stdlib.h>
#include <string.h>

#include "pipeline_node.h"

#define LEAST DT_PROP(PIPELINE, wake_difference)

BUILD_ASSERT(IN_RANGE(LEAST, 1, UINT16_MAX), "tintin,pipeline: wake-difference");

static int16_t last[READING_VALUES];
static uint32_t moved[READING_VALUES]; /* sum of differences, limited */
static uint32_t differences;
static bool begun;

static void account(size_t i, int16_t value)
{
	uint32_t by = (uint32_t)abs(value - last[i]);

	moved[i] = moved[i] > UINT32_MAX - by ? UINT32_MAX : moved[i] + by;
}

void wake_reading(const int16_t *reading)
{
	for (size_t i = 0; begun && i < READING_VALUES; i++) {
		account(i, reading[i]);
	}
	differences += begun;
	begun = true;
	memcpy(last, reading, sizeof(last));
}

bool wake_verdict(void)
{
	/* A vector of one reading tells nothing by itself: it is looked at. */
	bool awake = differences == 0;

	for (size_t i = 0; i < READING_VALUES; i++) {
		awake |= moved[i] / MAX(differences, 1) >= LEAST;
		moved[i] = 0;
	}
	differences = 0;
	return awake;
}

void wake_restart(void)
{
	memset(moved, 0, sizeof(moved));
	differences = 0;
	begun = false;
}
