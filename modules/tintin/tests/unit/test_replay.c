/* SPDX-License-Identifier: Apache-2.0 */
/* The replay buffer: who gets a slot, who is drawn, what survives a copy. */
#include <stdlib.h>
#include <string.h>

#include <model.h>
#include <promise.h>
#include <tintin/error.h>
#include <tintin/replay.h>

static const struct tintin_replay_shape small = {
	.network = 0x1234, .length = 7, .slots = 40, .classes = 5, .share = 4};

static struct tintin_replay *made(const struct tintin_replay_shape *shape)
{
	size_t size = tintin_replay_size(shape);
	void *memory = malloc(size); /* of exactly that size: AddressSanitizer guards both ends */

	EXPECT_EQ(tintin_replay_format(memory, size, shape, 1), 0);
	return memory;
}

/* A sample that says its label and its number. */
static bool put(struct tintin_replay *r, uint16_t label, uint32_t number)
{
	struct tintin_slot slot;
	int stored = tintin_replay_claim(r, label, &slot);

	EXPECT(stored >= 0);
	if (stored > 0) {
		memset(slot.x, 0, r->shape.length);
		memcpy(slot.x, &label, sizeof(label));
		memcpy(slot.x + 2, &number, sizeof(number));
	}
	return stored > 0;
}

static void expect_whole(struct tintin_replay *r)
{
	struct tintin_slot slot;
	uint32_t held = 0, counted = 0, held_counted = 0;

	for (uint16_t i = 0; tintin_replay_at(r, i, &slot) == 0; i++) {
		EXPECT_EQ(memcmp(slot.x, &slot.label, 2), 0);
		held += slot.held;
	}
	for (uint16_t c = 0; c < r->shape.classes; c++) {
		uint16_t h;

		counted += tintin_replay_count(r, c, &h);
		held_counted += h;
	}
	EXPECT_EQ(counted, r->count);
	EXPECT_EQ(held, r->held);
	EXPECT_EQ(held_counted, r->held);
}

PROMISE(the_size_of_a_buffer_is_known_beforehand)
{
	struct tintin_replay_shape shape = small;

	EXPECT_EQ(tintin_replay_size(&shape), 40 + 32 + 40 * 4 + 40 * 7);
	shape.slots = 41;
	EXPECT_EQ(tintin_replay_size(&shape), 40 + 32 + 41 * 4 + 288);
	shape.slots = 0;
	EXPECT_EQ(tintin_replay_size(&shape), 0);
	shape = small;
	shape.share = 1;
	EXPECT_EQ(tintin_replay_size(&shape), 0);
	shape = small;
	shape.length = UINT32_MAX;
	EXPECT_EQ(tintin_replay_size(&shape), 0);
}

PROMISE(a_class_may_take_free_space_and_gives_way_to_one_that_comes)
{
	struct tintin_replay *r = made(&small);

	for (uint32_t i = 0; i < 200; i++) {
		put(r, 2, i);
	}
	EXPECT_EQ(tintin_replay_count(r, 2, NULL), 40);
	for (uint32_t i = 0; i < 20; i++) {
		EXPECT(put(r, 4, i)); /* smaller by two or more: each gets in */
	}
	EXPECT_EQ(tintin_replay_count(r, 2, NULL), 20);
	EXPECT_EQ(tintin_replay_count(r, 4, NULL), 20);
	expect_whole(r);
	free(r);
}

PROMISE(a_stream_out_of_balance_leaves_a_buffer_in_balance)
{
	struct tintin_replay *r = made(&small);

	for (uint32_t i = 0; i < 3000; i++) {
		uint32_t h = model_hash(i) % 100;

		put(r, h < 80 ? 0 : h < 95 ? 1 : (uint16_t)(2 + h % 3), i);
	}
	for (uint16_t c = 0; c < 5; c++) {
		promise_about("class %d", c);
		EXPECT_EQ(tintin_replay_count(r, c, NULL), 8);
	}
	expect_whole(r);
	free(r);
}

PROMISE(each_class_holds_its_share_out)
{
	struct tintin_replay *r = made(&small);

	for (uint32_t i = 0; i < 2000; i++) {
		put(r, (uint16_t)(model_hash(i) % (i < 500 ? 2 : 5)), i);
		for (uint16_t c = 0; c < 5; c++) {
			uint16_t held, count = tintin_replay_count(r, c, &held);

			EXPECT(held <= count / 4 + 1);
		}
	}
	for (uint16_t c = 0; c < 5; c++) {
		uint16_t held;

		tintin_replay_count(r, c, &held);
		EXPECT_EQ(held, 2);
	}
	free(r);
}

PROMISE(what_is_held_out_is_never_drawn_and_every_class_is_drawn_alike)
{
	struct tintin_replay *r = made(&small);
	uint32_t drawn[5] = {0};

	for (uint32_t i = 0; i < 34; i++) {
		put(r, i < 30 ? 0 : (uint16_t)(i - 29), i);
	}
	for (uint32_t i = 0; i < 5000; i++) {
		struct tintin_slot slot;

		EXPECT_EQ(tintin_replay_draw(r, &slot), 0);
		EXPECT(!slot.held);
		drawn[slot.label]++;
	}
	for (int c = 0; c < 5; c++) {
		promise_about("class %d: %u of 5000", c, drawn[c]);
		EXPECT(drawn[c] > 880 && drawn[c] < 1120); /* 1000 +- 4 sigma */
	}
	free(r);
}

PROMISE(within_a_class_old_and_new_samples_are_equally_likely_to_stay)
{
	uint32_t early = 0, runs = 300;

	for (uint32_t run = 0; run < runs; run++) {
		struct tintin_replay *r = made(&small);
		struct tintin_slot slot;

		r->rng = run + 1;
		for (uint32_t i = 0; i < 400; i++) {
			put(r, 1, i);
		}
		for (uint16_t i = 0; tintin_replay_at(r, i, &slot) == 0; i++) {
			uint32_t number;

			memcpy(&number, slot.x + 2, sizeof(number));
			early += number < 200;
		}
		free(r);
	}
	promise_about("%u of %u are of the first half", early, runs * 40);
	EXPECT(early > runs * 40 * 48 / 100 && early < runs * 40 * 52 / 100);
}

PROMISE(after_a_renewal_what_comes_gets_in_again)
{
	struct tintin_replay *r = made(&small);
	uint32_t before = 0, after = 0;

	for (uint32_t i = 0; i < 4000; i++) {
		put(r, 1, i);
	}
	for (uint32_t i = 0; i < 40; i++) {
		before += put(r, 1, i);
	}
	tintin_replay_renew(r);
	for (uint32_t i = 0; i < 40; i++) {
		after += put(r, 1, i);
	}
	EXPECT(before < 5);
	EXPECT(after > 20);
	free(r);
}

PROMISE(a_sealed_block_may_be_copied_and_goes_on_as_if_nothing_had_happened)
{
	struct tintin_replay *r = made(&small), *copy = malloc(tintin_replay_size(&small));

	for (uint32_t i = 0; i < 100; i++) {
		put(r, (uint16_t)(i % 5), i);
	}
	tintin_replay_seal(r);
	memcpy(copy, r, tintin_replay_size(&small));
	EXPECT_EQ(tintin_replay_open(copy, tintin_replay_size(&small), &small), 0);
	for (uint32_t i = 0; i < 100; i++) {
		EXPECT_EQ(put(copy, (uint16_t)(i % 3), i), put(r, (uint16_t)(i % 3), i));
	}
	tintin_replay_seal(r);
	tintin_replay_seal(copy);
	EXPECT_EQ(memcmp(copy, r, tintin_replay_size(&small)), 0);
	free(copy);
	free(r);
}

PROMISE(a_block_with_any_byte_changed_is_refused)
{
	struct tintin_replay *r = made(&small);
	uint8_t *bytes = (uint8_t *)r;
	size_t size = tintin_replay_size(&small);

	for (uint32_t i = 0; i < 60; i++) {
		put(r, (uint16_t)(i % 5), i);
	}
	tintin_replay_seal(r);
	for (size_t i = 0; i < size; i++) {
		bytes[i] ^= 0x10;
		promise_about("byte %zu", i);
		EXPECT(tintin_replay_open(r, size, &small) < 0);
		bytes[i] ^= 0x10;
	}
	EXPECT_EQ(tintin_replay_open(r, size, &small), 0);
	EXPECT_EQ(tintin_replay_open(r, size - 1, &small), -EBADMSG);
	EXPECT_EQ(tintin_replay_open(r, 8, &small), -ENOEXEC);
	free(r);
}

PROMISE(a_block_of_another_network_or_shape_is_refused)
{
	struct tintin_replay *r = made(&small);
	size_t size = tintin_replay_size(&small);
	struct tintin_replay_shape other = small;

	other.network++;
	EXPECT_EQ(tintin_replay_open(r, size, &other), -ESTALE);
	other = small;
	other.layer = 1;
	EXPECT_EQ(tintin_replay_open(r, size, &other), -ESTALE);
	other = small;
	other.slots--;
	EXPECT_EQ(tintin_replay_open(r, size, &other), -ESTALE);
	r->version++;
	EXPECT_EQ(tintin_replay_open(r, size, &small), -ENOTSUP);
	free(r);
}

PROMISE(an_erased_class_leaves_no_byte_of_its_samples)
{
	struct tintin_replay *r = made(&small);
	struct tintin_slot slot;

	for (uint32_t i = 0; i < 60; i++) {
		put(r, (uint16_t)(i % 5), 0x77777777);
	}
	EXPECT_EQ(tintin_replay_erase_class(r, 3), 0);
	EXPECT_EQ(tintin_replay_count(r, 3, NULL), 0);
	EXPECT_EQ(r->count, 32);
	EXPECT_EQ(tintin_replay_present(r), 4);
	expect_whole(r);
	for (uint32_t i = 0; i < 500; i++) {
		EXPECT_EQ(tintin_replay_draw(r, &slot), 0);
		EXPECT(slot.label != 3);
	}
	EXPECT_EQ(tintin_replay_erase_class(r, 5), -EDOM);
	tintin_replay_erase(r);
	EXPECT_EQ(r->count, 0);
	EXPECT_EQ(tintin_replay_draw(r, &slot), -ENOENT);
	for (size_t i = sizeof(*r); i < tintin_replay_size(&small); i++) {
		EXPECT_EQ(((uint8_t *)r)[i], 0);
	}
	free(r);
}

PROMISE(a_label_beyond_the_classes_is_refused)
{
	struct tintin_replay *r = made(&small);
	struct tintin_slot slot;

	EXPECT_EQ(tintin_replay_claim(r, 5, &slot), -EDOM);
	EXPECT_EQ(r->count, 0);
	free(r);
}
