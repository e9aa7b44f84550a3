/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Inside a replay block: struct tintin_replay | tallies [classes] | metas [slots] |
 * samples [slots][length]. LEARNER.md, "Replay", has it byte by byte.
 */
#ifndef TT_REPLAY_BLOCK_H_
#define TT_REPLAY_BLOCK_H_

#include <tintin/replay.h>

#include "fixed.h"

#define TT_HELD 0x8000u /* in a meta's label: classes stop at 32768 */

struct tt_tally {
	uint16_t seen; /* samples that went by, at most 65535 */
	uint16_t count;
	uint16_t held;
};

struct tt_meta {
	uint16_t label; /* with TT_HELD */
	struct tintin_note note;
};

static inline struct tt_tally *tt_tallies(const struct tintin_replay *r)
{
	return (struct tt_tally *)(uintptr_t)(r + 1);
}

static inline struct tt_meta *tt_metas(const struct tintin_replay *r)
{
	return (struct tt_meta *)((uint8_t *)tt_tallies(r) +
				  tt_align4(r->shape.classes * (uint32_t)sizeof(struct tt_tally)));
}

static inline int8_t *tt_replayed(const struct tintin_replay *r, uint32_t index)
{
	return (int8_t *)(tt_metas(r) + r->shape.slots) + index * r->shape.length;
}

static inline struct tintin_slot tt_slot(const struct tintin_replay *r, uint32_t index)
{
	const struct tt_meta *m = &tt_metas(r)[index];

	return (struct tintin_slot){
		.x = tt_replayed(r, index),
		.label = m->label & (uint16_t)~TT_HELD,
		.index = (uint16_t)index,
		.held = (m->label & TT_HELD) != 0,
	};
}

/** Account for the sample that is about to leave slot @p index. */
static inline void tt_replay_take(struct tintin_replay *r, uint32_t index)
{
	struct tintin_slot slot = tt_slot(r, index);
	struct tt_tally *t = &tt_tallies(r)[slot.label];

	t->count--;
	t->held -= slot.held;
	r->held -= slot.held;
}

#endif
