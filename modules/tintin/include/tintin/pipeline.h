/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * From readings to a network's input: windows with overlap, front ends, centring. What it does is
 * a constant table; the device, the host tools and the simulator run the same one.
 *
 *   static const struct tintin_pipeline_description bearing = {
 *           .channels = 1, .window = 1024, .hop = 1024, .frames = 1, .step = 1,
 *           .front_ends = TINTIN_BANDS, .bands = 32, .fade = TINTIN_HANN,
 *   };
 *   tintin_pipeline_open(&pipeline, &bearing, memory, sizeof(memory));
 *   ...
 *   if (tintin_pipeline_push(&pipeline, &reading)) {
 *           tintin_predict(&net, pipeline.features, pipeline.length, &prediction);
 *   }
 *
 * Values of a window, one channel after another within each front end, are: the readings
 * themselves as they came, statistics, powers. The values of `frames` windows, oldest first,
 * are centred and make one vector of features.
 */
#ifndef TINTIN_PIPELINE_H_
#define TINTIN_PIPELINE_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tintin/features.h>

/** Front ends, to be or-ed; their values come in this order. */
enum tintin_front_end {
	TINTIN_READINGS = 1,
	TINTIN_STATISTICS = 2,
	TINTIN_BANDS = 4, /**< equal bands up to half the rate */
	TINTIN_MEL = 8,   /**< a mel filter bank; of these three a pipeline has at most one */
	TINTIN_POWER = 16, /**< power of all channels together, in `bands` parts of the window */
};

struct tintin_pipeline_description {
	uint16_t channels; /**< int16 values in a reading, 1..256 */
	uint16_t window;   /**< readings, 1..1024 */
	uint16_t hop;      /**< readings from one window to the next, 1..window */
	uint16_t frames;   /**< windows in a vector of features, 1..256 */
	uint16_t step;     /**< windows from one vector to the next, 1..frames */
	uint8_t front_ends; /**< enum tintin_front_end */
	uint8_t statistics; /**< enum tintin_statistic, of TINTIN_STATISTICS */
	uint8_t bands;      /**< of TINTIN_BANDS and TINTIN_MEL, in each channel; of TINTIN_POWER */
	uint8_t fade;       /**< enum tintin_fade */
	uint8_t slow;       /**< centres go on learning at 2^-slow, 1..15; 0: as they were restored */
	uint8_t reserved;
	uint16_t low, high; /**< Hz, of TINTIN_MEL */
	uint32_t rate;      /**< readings a second, of TINTIN_MEL */
};

/** Opaque, but for the features. */
struct tintin_pipeline {
	int8_t *features; /**< the last vector, real value feature * 2^-5 */
	uint32_t length;  /**< of it */
	const struct tintin_pipeline_description *is; /* stays the caller's, and must stay */
	struct tintin_centre *centre;
	int16_t *window, *work, *values;
	uint16_t *place;
	uint32_t *sums;
	uint32_t count;     /* vectors that the centres have learned from */
	uint32_t shape;     /* CRC of the description */
	uint16_t per_frame; /* values of a window */
	uint16_t centres;
	uint16_t filled, frames; /* readings in the window, windows in the vector */
};

/** Features of a vector; 0 for a description out of range. */
size_t tintin_pipeline_length(const struct tintin_pipeline_description *description);

/** Bytes of memory, the same on every target; 0 for a description out of range. */
size_t tintin_pipeline_size(const struct tintin_pipeline_description *description);

/**
 * Make a pipeline whose centres are still unknown.
 *
 * @param memory  4-byte aligned
 * @return 0, -EINVAL (description, alignment), -ENOMEM (size)
 */
int tintin_pipeline_open(struct tintin_pipeline *pipeline,
			 const struct tintin_pipeline_description *description, void *memory,
			 size_t size);

/** Add a reading of all channels. @return whether a vector of features is ready */
bool tintin_pipeline_push(struct tintin_pipeline *pipeline, const int16_t *reading);

/** The values that the last vector was made of, int16, and the centre that each has. */
const int16_t *tintin_pipeline_values(const struct tintin_pipeline *pipeline);
uint16_t tintin_pipeline_centre_of(const struct tintin_pipeline *pipeline, uint32_t value);

/** Forget readings and windows under way: after a gap, or where an event begins. */
void tintin_pipeline_restart(struct tintin_pipeline *pipeline);

/** Bytes that tintin_pipeline_save() writes: what the centres have learned. */
size_t tintin_pipeline_state_size(const struct tintin_pipeline *pipeline);
void tintin_pipeline_save(const struct tintin_pipeline *pipeline, void *out);

/**
 * Go on with centres that were saved, after all of it was checked.
 *
 * @return 0, -ENOEXEC (no such block), -EBADMSG (damaged), -ESTALE (of another description), -ERANGE
 *         (centres that no readings have)
 */
int tintin_pipeline_restore(struct tintin_pipeline *pipeline, const void *state, size_t size);

#endif
