/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which sample gets a slot and which is drawn: a class-balanced reservoir (Chrysakis and Moens,
 * ICML 2020) whose classes each hold a share of their samples out.
 */
#include "layer.h"

#if TINTIN_TRAINING

#include <tintin/error.h>

#include "random.h"
#include "replay_block.h"

/* Uniform in 0 .. n - 1, to within n / 65536. */
static uint32_t below(struct tintin_replay *r, uint32_t n)
{
	return (tt_random(&r->rng) >> 16) * n >> 16;
}

/* The k-th sample of a class, of those held out or of the others. There are more than k. */
static uint32_t find(const struct tintin_replay *r, uint16_t label, bool held, uint32_t k)
{
	uint16_t wanted = label | (held ? TT_HELD : 0);
	uint32_t i = 0;

	while (tt_metas(r)[i].label != wanted || k-- > 0) {
		i++;
	}
	return i;
}

static uint16_t largest_class(const struct tintin_replay *r)
{
	const struct tt_tally *t = tt_tallies(r);
	uint32_t best = 0;

	for (uint32_t c = 1; c < r->shape.classes; c++) {
		if (t[c].count > t[best].count) {
			best = c;
		}
	}
	return (uint16_t)best;
}

/* Of @p count samples of a class, so many are held out. */
static uint32_t share_of(const struct tintin_replay *r, uint32_t count)
{
	return r->shape.share ? count / r->shape.share : 0;
}

static void put(struct tintin_replay *r, uint32_t index, uint16_t label, bool held)
{
	struct tt_tally *t = &tt_tallies(r)[label];

	tt_metas(r)[index] = (struct tt_meta){.label = label | (held ? TT_HELD : 0)};
	t->count++;
	t->held += held;
	r->held += held;
}

/* The largest class gives up a random sample: a held-out one when it has more than its share. */
static uint32_t give_way(struct tintin_replay *r, uint16_t largest)
{
	const struct tt_tally *t = &tt_tallies(r)[largest];
	bool held = t->held > share_of(r, t->count - 1u);
	uint32_t n = held ? t->held : (uint32_t)t->count - t->held;

	return find(r, largest, held, below(r, n));
}

/* A sample of the class makes room for the next with probability count / seen; -1: it does not. */
static int32_t give_place(struct tintin_replay *r, uint16_t label)
{
	const struct tt_tally *t = &tt_tallies(r)[label];
	uint32_t at = below(r, t->seen);
	uint32_t learned = (uint32_t)t->count - t->held;

	if (at >= t->count) {
		return -1;
	}
	return (int32_t)(at < learned ? find(r, label, false, at)
				      : find(r, label, true, at - learned));
}

int tintin_replay_claim(struct tintin_replay *r, uint16_t label, struct tintin_slot *slot)
{
	struct tt_tally *t;
	uint16_t largest;
	int32_t index;
	bool held;

	if (label >= r->shape.classes) {
		return -EDOM;
	}
	t = &tt_tallies(r)[label];
	t->seen += t->seen < UINT16_MAX;
	largest = largest_class(r);
	held = t->held < share_of(r, t->count + 1u);
	if (r->count < r->shape.slots) {
		index = r->count++;
	} else if (t->count + 1u < tt_tallies(r)[largest].count) {
		index = (int32_t)give_way(r, largest);
		tt_replay_take(r, (uint32_t)index);
	} else {
		index = give_place(r, label);
		if (index < 0) {
			return 0;
		}
		held = tt_slot(r, (uint32_t)index).held;
		tt_replay_take(r, (uint32_t)index);
	}
	put(r, (uint32_t)index, label, held);
	*slot = tt_slot(r, (uint32_t)index);
	return 1;
}

int tintin_replay_draw(struct tintin_replay *r, struct tintin_slot *slot)
{
	const struct tt_tally *t = tt_tallies(r);
	uint32_t classes = 0, k, c = 0;

	for (uint32_t i = 0; i < r->shape.classes; i++) {
		classes += t[i].count > t[i].held;
	}
	if (classes == 0) {
		return -ENOENT;
	}
	k = below(r, classes);
	while (t[c].count == t[c].held || k-- > 0) {
		c++;
	}
	k = below(r, (uint32_t)t[c].count - t[c].held);
	*slot = tt_slot(r, find(r, (uint16_t)c, false, k));
	return 0;
}

#endif
