/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Readings to vectors for the network, as the node tintin,pipeline says: input_raw.c where it has
 * no front ends, input_pipeline.c where it has. One thread at a time.
 */
#ifndef APP_INPUT_H_
#define APP_INPUT_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a reading's values must lie within. */
#ifdef CONFIG_APP_FRONT_ENDS
#define INPUT_LOW  INT16_MIN
#define INPUT_HIGH INT16_MAX
#else
#define INPUT_LOW  -127 /* -128 is no feature */
#define INPUT_HIGH 127
#endif

struct input_vector {
	const int8_t *x; /**< until the next reading */
	size_t n;
};

/** Have saved with the network what belongs to it. Before tintin_service_start(). */
void input_attach(void);

/** After tintin_service_start(). @return 0, or why there will be no vectors; said in the log */
int input_open(void);

/** Add a reading: READING_VALUES values. @return whether a vector is ready */
bool input_push(const int16_t *reading);

struct input_vector input_vector(void);

/** Drop what is under way: the next reading begins a vector. @return values dropped */
size_t input_restart(void);

/** Values of the vector under way; of a whole one that begins afresh. */
size_t input_filled(void);
size_t input_length(void);

#endif
