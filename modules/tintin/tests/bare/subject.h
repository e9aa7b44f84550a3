/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the runner measures: the engine (subject_tintin.c), or something to compare it with. Every
 * function but subject_slice() returns 0 or a negative errno.
 */
#ifndef SUBJECT_H_
#define SUBJECT_H_

#include <stddef.h>
#include <stdint.h>

#include "job.h"

/* The symbols' sizes are what bare.py takes off the RAM figure for what a job does not need. */
extern uint8_t runner_arena[RUNNER_ARENA];
extern int8_t runner_sample[RUNNER_SAMPLE];

struct outcome {
	uint16_t label, confidence;
};

/** Open the record as the job says. @param need  bytes of runner_arena that it takes */
int subject_open(const struct job *job, const void *record, size_t room, uint32_t *need);

/** Make ready, untimed, for a sample of job.length that came into runner_sample. */
int subject_take(uint32_t length);

int subject_predict(uint32_t length, struct outcome *out);

/** @param before  the prediction made before learning */
int subject_learn(uint32_t length, uint16_t label, struct outcome *before);

int subject_learn_begin(uint32_t length, uint16_t label);

/** @return 1 while there is more of the step that was begun, 0 when it is complete */
int subject_slice(void);

int subject_flush(void);

int subject_rate(uint8_t mantissa, int8_t shift);

/** Write what was learned, by platform_write(). */
int subject_save(void);

/** @return one sentence */
const char *subject_reason(int error);

#endif
