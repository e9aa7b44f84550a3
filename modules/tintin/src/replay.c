/* SPDX-License-Identifier: Apache-2.0 */
/* The replay buffer as a block: its size, its making, its checking, its erasing. */
#include "layer.h"

#if TINTIN_TRAINING

#include <string.h>

#include <tintin/error.h>
#include <tintin/record.h>

#include "replay_block.h"

#define LARGEST (1u << 28) /* of a block: no size leaves 32 bits */
#define CLASSES 32768u

_Static_assert(sizeof(struct tintin_replay) == 40, "LEARNER.md: replay block");
_Static_assert(sizeof(struct tt_tally) == 6 && sizeof(struct tt_meta) == 4,
	       "LEARNER.md: replay block");

size_t tintin_replay_size(const struct tintin_replay_shape *shape)
{
	uint32_t fixed = (uint32_t)sizeof(struct tintin_replay) +
			 tt_align4(shape->classes * (uint32_t)sizeof(struct tt_tally)) +
			 shape->slots * (uint32_t)sizeof(struct tt_meta);

	if (shape->slots == 0 || shape->classes == 0 || shape->classes > CLASSES ||
	    shape->length == 0 || shape->share == 1 ||
	    shape->length > (LARGEST - fixed) / shape->slots) {
		return 0;
	}
	return fixed + tt_align4(shape->slots * shape->length);
}

int tintin_replay_format(void *memory, size_t size, const struct tintin_replay_shape *shape,
			 uint32_t seed)
{
	struct tintin_replay *r = memory;
	size_t need = tintin_replay_size(shape);

	if (need == 0 || ((uintptr_t)memory & 3u) != 0) {
		return -EINVAL;
	}
	if (size < need) {
		return -ENOMEM;
	}
	memset(memory, 0, need);
	r->magic = TINTIN_REPLAY_MAGIC;
	r->version = TINTIN_REPLAY_VERSION;
	r->size = (uint32_t)need;
	r->rng = seed ? seed : 1u;
	r->shape = *shape;
	tintin_replay_seal(r);
	return 0;
}

static uint32_t crc_of(const struct tintin_replay *r)
{
	uint32_t crc = tintin_crc32(0, r, offsetof(struct tintin_replay, crc));

	return tintin_crc32(crc, r + 1, r->size - sizeof(*r));
}

void tintin_replay_seal(struct tintin_replay *replay)
{
	replay->crc = crc_of(replay);
}

static bool same_shape(const struct tintin_replay_shape *a, const struct tintin_replay_shape *b)
{
	return a->network == b->network && a->length == b->length && a->slots == b->slots &&
	       a->classes == b->classes && a->layer == b->layer && a->share == b->share;
}

/* A right CRC does not make a right block: the tallies must be those of the metas. */
static bool consistent(const struct tintin_replay *r)
{
	uint32_t count = 0, held = 0, metas_held = 0;

	if (r->count > r->shape.slots || r->rng == 0) {
		return false;
	}
	for (uint32_t c = 0; c < r->shape.classes; c++) {
		count += tt_tallies(r)[c].count;
		held += tt_tallies(r)[c].held;
	}
	for (uint32_t i = 0; i < r->count; i++) {
		if (tt_slot(r, i).label >= r->shape.classes) {
			return false;
		}
		metas_held += tt_slot(r, i).held;
	}
	return count == r->count && held == r->held && metas_held == r->held;
}

int tintin_replay_open(void *memory, size_t size, const struct tintin_replay_shape *shape)
{
	const struct tintin_replay *r = memory;

	if (((uintptr_t)memory & 3u) != 0) {
		return -EINVAL;
	}
	if (size < sizeof(*r) || r->magic != TINTIN_REPLAY_MAGIC) {
		return -ENOEXEC;
	}
	if (r->version != TINTIN_REPLAY_VERSION) {
		return -ENOTSUP;
	}
	if (r->size > size || r->size < sizeof(*r) || r->crc != crc_of(r)) {
		return -EBADMSG;
	}
	if (!same_shape(&r->shape, shape) || r->size != tintin_replay_size(shape)) {
		return -ESTALE;
	}
	return consistent(r) ? 0 : -EBADMSG;
}

int tintin_replay_held(struct tintin_replay *r, uint16_t index, struct tintin_slot *slot)
{
	for (uint32_t i = index; i < r->count; i++) {
		*slot = tt_slot(r, i);
		if (slot->held) {
			return 0;
		}
	}
	return -ENOENT;
}

int tintin_replay_at(struct tintin_replay *r, uint16_t index, struct tintin_slot *slot)
{
	if (index >= r->count) {
		return -ENOENT;
	}
	*slot = tt_slot(r, index);
	return 0;
}

struct tintin_note *tintin_replay_note(struct tintin_replay *r, uint16_t index)
{
	return &tt_metas(r)[index].note;
}

uint16_t tintin_replay_count(const struct tintin_replay *r, uint16_t label, uint16_t *held)
{
	struct tt_tally none = {0};
	const struct tt_tally *t = label < r->shape.classes ? &tt_tallies(r)[label] : &none;

	if (held != NULL) {
		*held = t->held;
	}
	return t->count;
}

uint16_t tintin_replay_present(const struct tintin_replay *r)
{
	uint16_t n = 0;

	for (uint32_t c = 0; c < r->shape.classes; c++) {
		n += tt_tallies(r)[c].count > 0;
	}
	return n;
}

void tintin_replay_renew(struct tintin_replay *r)
{
	for (uint32_t c = 0; c < r->shape.classes; c++) {
		tt_tallies(r)[c].seen = tt_tallies(r)[c].count;
	}
}

void tintin_replay_erase(struct tintin_replay *r)
{
	uint32_t rng = r->rng;
	struct tintin_replay_shape shape = r->shape;

	(void)tintin_replay_format(r, r->size, &shape, rng);
}

/* The last sample moves into a hole, so that there is none. */
static void remove_at(struct tintin_replay *r, uint32_t index)
{
	uint32_t last = r->count - 1u;

	tt_replay_take(r, index);
	tt_metas(r)[index] = tt_metas(r)[last];
	memmove(tt_replayed(r, index), tt_replayed(r, last), r->shape.length);
	tt_metas(r)[last] = (struct tt_meta){0};
	memset(tt_replayed(r, last), 0, r->shape.length);
	r->count--;
}

int tintin_replay_erase_class(struct tintin_replay *r, uint16_t label)
{
	if (label >= r->shape.classes) {
		return -EDOM;
	}
	for (uint32_t i = r->count; i-- > 0;) {
		if (tt_slot(r, i).label == label) {
			remove_at(r, i);
		}
	}
	tt_tallies(r)[label] = (struct tt_tally){0};
	return 0;
}

#endif
