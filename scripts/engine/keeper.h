/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What an application does for a learner, on this computer: the last good state is a record in
 * memory, events gather in a list, and a stream of samples is run in one call.
 */
#ifndef TT_KEEPER_H_
#define TT_KEEPER_H_

#include <tintin/learner.h>

#include "batch.h"

#define TT_EVENTS 4096

struct tt_keeper {
	struct tintin *net;
	struct tintin_arena *arena;
	uint8_t *record[2]; /* each of room bytes, 4-byte aligned */
	size_t room, size;  /* size: of the last good record */
	int current;        /* which of the two it is */
	bool (*permit)(void *context, enum tintin_work work); /* NULL: always */
	void *permit_context;
	struct tintin_event event[TT_EVENTS]; /* the newest; older ones are overwritten */
	uint32_t events;                      /* so many have come */
};

/** The hooks of a learner over @p keeper. */
void tt_keeper_hooks(struct tt_keeper *keeper, struct tintin_learner_hooks *hooks);

/** Keep the network's present state. @return 0 or a negative errno */
int tt_keeper_keep(struct tt_keeper *keeper);

/**
 * Observe each sample in order, doing after each all that is due.
 *
 * @param labels  TINTIN_NO_LABEL where there is none
 * @return 0, or the first error of tintin_learner_observe()
 */
int tt_learner_stream(struct tintin_learner *learner, const struct tt_batch *batch,
		      const int32_t *labels, struct tintin_prediction *out);

/** Slices until nothing is due. @return how many */
size_t tt_learner_run(struct tintin_learner *learner);

#endif
