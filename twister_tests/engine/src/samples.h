/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The network and the stream of samples that golden.py uses, too.
 */
#ifndef SAMPLES_H_
#define SAMPLES_H_

#include <stddef.h>
#include <stdint.h>

#include <tintin/tintin.h>

#define SAMPLE_LENGTH 64
#define CLASSES       5
#define ARENA_SIZE    3328
#define RECORD_SIZE   972

extern const uint8_t network_record[RECORD_SIZE];

/** Memory for one network at a time. */
extern uint8_t test_arena[ARENA_SIZE];

struct sample {
	int8_t x[SAMPLE_LENGTH];
	uint16_t label;
};

/** Begin the stream anew. */
void samples_rewind(void);

/** The next sample. */
const struct sample *samples_next(void);

/** Open the golden network with all layers learning; fails the test where that fails. */
void open_network(struct tintin *net);

/** Learn from the next @p n samples. @return how many were predicted right before */
unsigned int learn_samples(struct tintin *net, unsigned int n);

/** CRC that the network's record would be saved with. */
uint32_t record_crc(const struct tintin *net);

#endif
