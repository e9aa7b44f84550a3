/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the runner reads and writes, all little-endian. bare.py packs and unpacks it.
 *
 *   in   struct job, then for each operation struct operation and, where it takes one, a sample
 *        of job.length int8, padded to a multiple of 4
 *   out  4 bytes (struct tintin_prediction) for each sample, the saved record,
 *        report.slices times struct slice, struct report
 */
#ifndef JOB_H_
#define JOB_H_

#include <stdint.h>

#define JOB_MAGIC    0x424f4a54u /* "TJOB" */
#define REPORT_MAGIC 0x50455254u /* "TREP" */

struct job {
	uint32_t magic;
	uint32_t train; /* struct tintin_options */
	uint8_t batch_log2;
	uint8_t concurrent;
	uint16_t reserved;
	uint32_t length;     /* of a sample */
	uint32_t operations;
};

enum code {
	JOB_PREDICT = 1, /* sample */
	JOB_LEARN = 2,   /* sample, value: label */
	JOB_SLICES = 3,  /* the same in slices; where concurrent, predicting between them */
	JOB_FLUSH = 4,
	JOB_RATE = 5, /* value: mantissa | shift << 8 */
};

struct operation {
	uint8_t code;
	uint8_t reserved;
	uint16_t value;
};

#define JOB_MOST_SLICES 65 /* of a step of 32 layers: forward, loss, backward */

/* Sums over the steps in slices; the first is layer 0 forward (tintin_learn_slice()). */
struct slice {
	uint32_t ticks;
	uint32_t runs;
};

struct report {
	uint32_t magic;
	int32_t error;      /* negative errno of the target's C library, 0: well */
	uint32_t operation; /* which one failed */
	uint32_t need;      /* arena, bytes */
	uint32_t stack;     /* most that was in use, bytes; 0: not known */
	uint32_t loop;      /* ticks of 500,000 turns of two instructions; 0: no counter */
	uint32_t learned, predicted;
	uint64_t learn_ticks, predict_ticks;
	uint32_t slices;  /* how many were timed */
	uint32_t overrun; /* 1: something took longer than the counter goes */
	char reason[80];
};

#endif
