/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What becomes of windows and labels: the learner (study_learner.c), or one step for each label and
 * nothing else (study_plain.c). The build has one of them. All are called with the service's lock
 * held; whatever changes the network but a slice, with both.
 */
#ifndef TINTIN_STUDY_H_
#define TINTIN_STUDY_H_

#include <tintin/service.h>

/** The layers that are to learn, for tintin_open(). */
uint32_t tintin_study_layers(const void *record, size_t size);

/** A network was opened. @param saved  it is the store's newest: go on from what lies beside it */
void tintin_study_begin(bool saved);

/** A window: predict it. */
int tintin_study_observe(const int8_t *x, size_t n, struct tintin_prediction *out);

/** A label: its learning is due. */
int tintin_study_teach(const int8_t *x, size_t n, uint16_t label);

/** What was predicted for the sample taught last, before it was learned; once all is done. */
struct tintin_prediction tintin_study_before(void);

/** Is there a buffer to learn from in idle time? */
bool tintin_study_idles(void);

/** There is time: learning from the buffer is due. */
void tintin_study_idle(void);

/** One piece of what is due. @return whether there is more */
bool tintin_study_slice(void);

/** The judgement of what was learned since the last one is due. */
void tintin_study_settle(void);

int tintin_study_set_rate(struct tintin_rate rate);

/** What is to be saved beside the record. @return 1, 0 for nothing, -EBUSY */
int tintin_study_seal(struct tintin_companion *out);

#endif
