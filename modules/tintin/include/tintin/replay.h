/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The replay buffer: labelled samples in one block of the caller's memory, balanced over the
 * classes, a stated share of each class held out for the guard. LEARNER.md, "Replay".
 *
 * The block holds no pointer: it may be copied, moved, written to flash and read back. Between
 * tintin_replay_seal() and tintin_replay_open() its CRC vouches for it.
 */
#ifndef TINTIN_REPLAY_H_
#define TINTIN_REPLAY_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TINTIN_REPLAY_MAGIC   0x4c505254u /* "TRPL" */
#define TINTIN_REPLAY_VERSION 1u

/** What a buffer is for. It fixes the size of the block. */
struct tintin_replay_shape {
	uint32_t network; /**< shape hash of the network's record: another network's block is refused */
	uint32_t length;  /**< bytes a sample: of the input, or of a layer's activations */
	uint16_t slots;   /**< samples that it holds, 1..65535 */
	uint16_t classes; /**< labels are below this */
	uint8_t layer;    /**< the layer whose input a sample is: 0 for the network's own */
	uint8_t share;    /**< one in so many samples of a class is held out; 0: none, else 2..255 */
	uint8_t reserved[2];
};

/** The block begins with this; its fields are private. */
struct tintin_replay {
	uint32_t magic;
	uint16_t version;
	uint16_t count; /* slots 0 .. count - 1 hold samples */
	uint32_t size;  /* of the block, bytes */
	uint32_t rng;   /* xorshift32 state, never 0 */
	struct tintin_replay_shape shape;
	uint16_t held;     /* held-out samples among them */
	uint16_t reserved;
	uint32_t crc; /* of all the rest, as of the last seal */
};

/** One sample in the block. */
struct tintin_slot {
	int8_t *x; /**< shape.length bytes, inside the block */
	uint16_t label;
	uint16_t index;
	bool held; /**< for the guard: never to be learned from */
};

/** Bytes of the block, the same on every target; 0 for a shape that is out of range. */
size_t tintin_replay_size(const struct tintin_replay_shape *shape);

/**
 * Make an empty buffer.
 *
 * @param memory  4-byte aligned
 * @param seed    of its random choices; 0 counts as 1
 * @return 0, -EINVAL (shape, alignment), -ENOMEM (size)
 */
int tintin_replay_format(void *memory, size_t size, const struct tintin_replay_shape *shape,
			 uint32_t seed);

/**
 * Believe a block that was sealed earlier, after all of it was checked.
 *
 * @return 0; -EINVAL (alignment), -ENOEXEC (no block), -ENOTSUP (a newer version), -EBADMSG
 *         (damaged), -ESTALE (another network's, or another shape)
 */
int tintin_replay_open(void *memory, size_t size, const struct tintin_replay_shape *shape);

/** Make the CRC right, so that a copy of the block can be opened. */
void tintin_replay_seal(struct tintin_replay *replay);

/**
 * A new sample of class @p label has come: choose its slot, or none. A class may take free space;
 * in a full buffer the largest class gives way to one smaller by two or more; within a class it
 * is reservoir sampling, so that each of its samples ever seen is as likely to be there.
 *
 * @param slot  where the caller is to copy the sample to; slot->held says what it is for
 * @return 1 with a slot, 0 when the sample is not kept, -EDOM for a bad label
 */
int tintin_replay_claim(struct tintin_replay *replay, uint16_t label, struct tintin_slot *slot);

/**
 * A random sample to learn from: the class drawn uniformly among those present, then the sample
 * within it. Never one that is held out.
 *
 * @return 0, -ENOENT when there is none
 */
int tintin_replay_draw(struct tintin_replay *replay, struct tintin_slot *slot);

/** The first held-out sample at or after slot @p index. @return 0, -ENOENT past the last */
int tintin_replay_held(struct tintin_replay *replay, uint16_t index, struct tintin_slot *slot);

/** Slot @p index. @return 0, -ENOENT when it is empty */
int tintin_replay_at(struct tintin_replay *replay, uint16_t index, struct tintin_slot *slot);

/** What the guard notes beside a sample: two bytes of its own. */
struct tintin_note {
	uint8_t before, after;
};
struct tintin_note *tintin_replay_note(struct tintin_replay *replay, uint16_t index);

/** How many samples of a class there are, @p held of them held out (may be NULL). */
uint16_t tintin_replay_count(const struct tintin_replay *replay, uint16_t label, uint16_t *held);

/** Classes that have samples. */
uint16_t tintin_replay_present(const struct tintin_replay *replay);

/** Forget how many samples of each class went by: what comes now gets in as if the buffer had
 * just filled up. For a world that has changed. */
void tintin_replay_renew(struct tintin_replay *replay);

/** Erase all samples, or those of one class; the bytes are overwritten. @return 0, -EDOM */
void tintin_replay_erase(struct tintin_replay *replay);
int tintin_replay_erase_class(struct tintin_replay *replay, uint16_t label);

#endif
