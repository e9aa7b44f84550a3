/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A DMIC device for tests. It fills blocks of the caller's slab when the test plays sound, as an
 * interrupt would, and stops by itself when no block is free, as Zephyr's drivers do.
 */
#ifndef PLAYER_H_
#define PLAYER_H_

#include <stdbool.h>
#include <stdint.h>

#include <zephyr/audio/dmic.h>

/** Stopped, without sound, not configured. */
void player_reset(void);

/** The next block records first, first + step, ... @return whether it was running and had room */
bool player_play(int16_t first, int16_t step);

bool player_runs(void);

/** Samples of a block; 0: not configured. */
unsigned int player_block(void);

/** Blocks of the slab that nobody holds. */
unsigned int player_free(void);

/** Sample rate that it was configured for. */
uint32_t player_rate(void);

#endif
