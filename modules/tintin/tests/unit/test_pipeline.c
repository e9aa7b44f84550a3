/* SPDX-License-Identifier: Apache-2.0 */
/* Windows, their overlap, vectors of several windows, and what a pipeline remembers. */
#include <stdlib.h>
#include <string.h>

#include <promise.h>
#include <tintin/error.h>
#include <tintin/pipeline.h>

static const struct tintin_pipeline_description raw = {
	.channels = 2, .window = 4, .hop = 3, .frames = 1, .step = 1,
	.front_ends = TINTIN_READINGS,
};
static const struct tintin_pipeline_description maxima = {
	.channels = 1, .window = 4, .hop = 2, .frames = 3, .step = 2,
	.front_ends = TINTIN_STATISTICS, .statistics = TINTIN_MAXIMUM, .slow = 8,
};
static const struct tintin_pipeline_description everything = {
	.channels = 3, .window = 100, .hop = 50, .frames = 2, .step = 1, .slow = 6,
	.front_ends = TINTIN_READINGS | TINTIN_STATISTICS | TINTIN_MEL,
	.statistics = TINTIN_STATISTICS_ALL, .fade = TINTIN_HANN, .bands = 12,
	.low = 50, .high = 2000, .rate = 4000,
};

struct opened {
	struct tintin_pipeline pipeline;
	void *memory;
};

/* In memory of exactly the stated size, so that AddressSanitizer sees what goes beyond. */
static struct opened open_of(const struct tintin_pipeline_description *d)
{
	struct opened o = {.memory = malloc(tintin_pipeline_size(d))};

	EXPECT_EQ(tintin_pipeline_open(&o.pipeline, d, o.memory, tintin_pipeline_size(d)), 0);
	return o;
}

static void push_noise(struct tintin_pipeline *p, uint32_t readings, uint32_t *rng)
{
	int16_t reading[256];

	for (uint32_t i = 0; i < readings; i++) {
		for (int c = 0; c < p->is->channels; c++) {
			*rng = *rng * 1664525u + 1013904223u;
			reading[c] = (int16_t)(*rng >> 16);
		}
		(void)tintin_pipeline_push(p, reading);
	}
}

PROMISE(windows_overlap_by_what_the_hop_leaves)
{
	struct opened o = open_of(&raw);

	for (int16_t i = 0; i < 10; i++) {
		const int16_t reading[2] = {i, (int16_t)-i};
		bool ready = tintin_pipeline_push(&o.pipeline, reading);

		EXPECT_EQ(ready, i == 3 || i == 6 || i == 9);
		if (ready) {
			const int16_t *values = tintin_pipeline_values(&o.pipeline);

			for (int16_t k = 0; k < 4; k++) {
				EXPECT_EQ(values[2 * k], i - 3 + k);
				EXPECT_EQ(values[2 * k + 1], 3 - i - k);
			}
		}
	}
	free(o.memory);
}

PROMISE(a_vector_is_the_last_windows_oldest_first)
{
	struct opened o = open_of(&maxima);

	for (int16_t i = 0; i < 16; i++) {
		bool ready = tintin_pipeline_push(&o.pipeline, &i);

		EXPECT_EQ(ready, i == 7 || i == 11 || i == 15);
		for (int16_t k = 0; ready && k < 3; k++) {
			EXPECT_EQ(tintin_pipeline_values(&o.pipeline)[k], i - 4 + 2 * k);
		}
	}
	free(o.memory);
}

PROMISE(after_a_restart_nothing_of_before_is_in_a_window)
{
	struct opened o = open_of(&maxima);
	uint32_t rng = 1;
	int16_t one = 1;

	push_noise(&o.pipeline, 11, &rng);
	tintin_pipeline_restart(&o.pipeline);
	for (int i = 0; i < 7; i++) {
		EXPECT(!tintin_pipeline_push(&o.pipeline, &one));
	}
	EXPECT(tintin_pipeline_push(&o.pipeline, &one));
	for (int k = 0; k < 3; k++) {
		EXPECT_EQ(tintin_pipeline_values(&o.pipeline)[k], 1);
	}
	free(o.memory);
}

PROMISE(what_was_learned_of_a_range_goes_on_after_a_restore_as_if_never_interrupted)
{
	struct opened stays = open_of(&everything), moved = open_of(&everything);
	uint8_t state[600];
	uint32_t one = 5, other = 5;

	EXPECT(tintin_pipeline_state_size(&stays.pipeline) <= sizeof(state));
	push_noise(&stays.pipeline, 500, &one);
	tintin_pipeline_save(&stays.pipeline, state);
	EXPECT_EQ(tintin_pipeline_restore(&moved.pipeline, state,
					  tintin_pipeline_state_size(&stays.pipeline)), 0);
	tintin_pipeline_restart(&stays.pipeline);
	other = one;
	push_noise(&stays.pipeline, 500, &one);
	push_noise(&moved.pipeline, 500, &other);
	EXPECT_EQ(memcmp(stays.memory, moved.memory, tintin_pipeline_size(&everything)), 0);
	free(stays.memory);
	free(moved.memory);
}

PROMISE(a_state_that_is_not_right_is_refused_and_changes_nothing)
{
	struct opened o = open_of(&maxima), other = open_of(&raw);
	uint8_t state[64], before[64];
	size_t size = tintin_pipeline_state_size(&o.pipeline);
	uint32_t rng = 3;

	push_noise(&o.pipeline, 40, &rng);
	tintin_pipeline_save(&o.pipeline, state);
	memcpy(before, state, size);
	EXPECT_EQ(tintin_pipeline_restore(&other.pipeline, state, size), -ESTALE);
	EXPECT_EQ(tintin_pipeline_restore(&o.pipeline, state, size - 1), -EBADMSG);
	EXPECT_EQ(tintin_pipeline_restore(&o.pipeline, state, 3), -ENOEXEC);
	for (size_t i = 4; i < size; i++) {
		state[i] ^= 0x10;
		EXPECT_EQ(tintin_pipeline_restore(&o.pipeline, state, size), -EBADMSG);
		state[i] ^= 0x10;
	}
	state[0] ^= 1;
	EXPECT_EQ(tintin_pipeline_restore(&o.pipeline, state, size), -ENOEXEC);
	tintin_pipeline_save(&o.pipeline, state);
	EXPECT_EQ(memcmp(before, state, size), 0);
	free(o.memory);
	free(other.memory);
}

/* As a state of one centre with a right CRC. */
static int restore_centre(struct tintin_centre centre)
{
	static const struct tintin_pipeline_description one = {
		.channels = 1, .window = 1, .hop = 1, .frames = 1, .step = 1, .slow = 8,
		.front_ends = TINTIN_READINGS,
	};
	struct opened o = open_of(&one);
	const int16_t ends[] = {INT16_MIN, INT16_MAX};
	int error;
	uint8_t state[64];

	*o.pipeline.centre = centre;
	tintin_pipeline_save(&o.pipeline, state);
	*o.pipeline.centre = (struct tintin_centre){0};
	error = tintin_pipeline_restore(&o.pipeline, state, tintin_pipeline_state_size(&o.pipeline));
	for (int i = 0; i < 20; i++) { /* nothing overflows, says UBSan */
		(void)tintin_pipeline_push(&o.pipeline, &ends[i % 2]);
	}
	free(o.memory);
	return error;
}

PROMISE(centres_that_no_readings_have_are_refused)
{
	const int32_t lowest = INT16_MIN * 4096;

	EXPECT_EQ(restore_centre((struct tintin_centre){lowest, 0}), 0);
	EXPECT_EQ(restore_centre((struct tintin_centre){-lowest, 1u << 28}), 0);
	EXPECT_EQ(restore_centre((struct tintin_centre){lowest - 1, 4096}), -ERANGE);
	EXPECT_EQ(restore_centre((struct tintin_centre){-lowest + 1, 4096}), -ERANGE);
	EXPECT_EQ(restore_centre((struct tintin_centre){INT32_MIN, 4096}), -ERANGE);
	EXPECT_EQ(restore_centre((struct tintin_centre){0, (1u << 28) + 1u}), -ERANGE);
	EXPECT_EQ(restore_centre((struct tintin_centre){0, UINT32_MAX}), -ERANGE);
}

static void expect_refused(struct tintin_pipeline_description d)
{
	struct tintin_pipeline p;
	uint32_t memory[64];

	EXPECT_EQ(tintin_pipeline_size(&d), 0);
	EXPECT_EQ(tintin_pipeline_length(&d), 0);
	EXPECT_EQ(tintin_pipeline_open(&p, &d, memory, sizeof(memory)), -EINVAL);
}

PROMISE(a_description_out_of_range_is_refused)
{
	struct tintin_pipeline_description d;

#define REFUSED(field, value)                                                                      \
	do {                                                                                       \
		d = everything;                                                                    \
		d.field = (value);                                                                 \
		promise_about(#field " %d", (int)(value));                                         \
		expect_refused(d);                                                                 \
	} while (0)
	REFUSED(channels, 0);
	REFUSED(channels, 257);
	REFUSED(window, 0);
	REFUSED(window, 1025);
	REFUSED(hop, 0);
	REFUSED(hop, 101);
	REFUSED(frames, 0);
	REFUSED(frames, 257);
	REFUSED(step, 0);
	REFUSED(step, 3);
	REFUSED(slow, 16);
	REFUSED(fade, 2);
	REFUSED(front_ends, 0);
	REFUSED(front_ends, 32);
	REFUSED(front_ends, TINTIN_POWER | TINTIN_BANDS);
	REFUSED(front_ends, TINTIN_MEL | TINTIN_BANDS);
	REFUSED(statistics, 0);
	REFUSED(statistics, 128);
	REFUSED(bands, 0);
	REFUSED(bands, 65);
	REFUSED(high, 2001);
	REFUSED(low, 2000);
	REFUSED(rate, 48001);
	REFUSED(frames, 100); /* more than 16384 features */
}

PROMISE(memory_that_is_too_small_or_crooked_is_refused)
{
	static uint32_t memory[64];
	struct tintin_pipeline p;

	EXPECT_EQ(tintin_pipeline_open(&p, &raw, memory, tintin_pipeline_size(&raw) - 1), -ENOMEM);
	EXPECT_EQ(tintin_pipeline_open(&p, &raw, (char *)memory + 2, 200), -EINVAL);
}

PROMISE(each_value_has_the_centre_of_its_channel_or_its_own)
{
	struct opened o = open_of(&everything);
	uint32_t per_frame = 3 * 100 + 3 * (7 + 12);

	EXPECT_EQ(tintin_pipeline_length(&everything), 2 * per_frame);
	EXPECT_EQ(tintin_pipeline_centre_of(&o.pipeline, 0), 0);
	EXPECT_EQ(tintin_pipeline_centre_of(&o.pipeline, 299), 2);
	EXPECT_EQ(tintin_pipeline_centre_of(&o.pipeline, 300), 3);
	EXPECT_EQ(tintin_pipeline_centre_of(&o.pipeline, per_frame - 1), 3 + 3 * 19 - 1);
	EXPECT_EQ(tintin_pipeline_centre_of(&o.pipeline, per_frame), 0);
	free(o.memory);
}
