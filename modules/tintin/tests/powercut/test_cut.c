/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device learns and saves, again and again, and power goes at some byte of some flash operation.
 * It boots, finds the old record or the new one, goes on from there, and ends with the bits of a
 * device whose power never went. The samples are numbered by step, so both see the same.
 */
#include <stdlib.h>
#include <string.h>

#include <net.h>

#include "ram_flash.h"

#define SAVES        4u
#define STEPS_A_SAVE 3u

struct device {
	struct ram_flash *flash;
	const struct blob *factory; /* the record in program memory, which it begins from */
	struct tintin_options options;
	struct tintin_store store;
	struct tintin_arena arena;
	struct tintin net;
	const struct blob *expected; /* [SAVES]: what an uninterrupted device had saved */
	uint32_t beside; /* bytes of a companion that says of which step it is; 0: none is saved */
};

#define STEP_TAG  0x50455453u /* "STEP" */
#define OTHER_TAG 0x5248544fu /* "OTHR" */
#define BESIDE    64u

static void save(struct device *d)
{
	uint8_t of_step[BESIDE];
	const struct tintin_companion beside[] = {
		{.tag = OTHER_TAG, .data = "five", .size = 5},
		{.tag = STEP_TAG, .data = of_step, .size = d->beside},
	};

	memset(of_step, (int)d->net.step, sizeof(of_step));
	EXPECT_EQ(tintin_store_save_with(&d->store, &d->net, beside, d->beside > 0 ? 2 : 0), 0);
}

/* From reset: the newest record if there is one, else the one it came with. */
static void boot(struct device *d)
{
	const void *record = d->factory->data;
	size_t size = d->factory->size;
	int error;

	EXPECT_EQ(tintin_store_mount(&d->store, &d->flash->flash), 0);
	error = tintin_store_load(&d->store, &record, &size);
	EXPECT(error == 0 || error == -ENOENT);
	memset(d->arena.base, 0xa5, d->arena.size);
	memset(&d->net, 0xa5, sizeof(d->net));
	EXPECT_EQ(tintin_open(&d->net, record, size, &d->options, &d->arena), 0);
}

/* Learn and save to the end, from wherever the network is. */
static void live(void *context)
{
	struct device *d = context;

	while (d->net.step < SAVES * STEPS_A_SAVE) {
		net_learn(&d->net, (d->net.step / STEPS_A_SAVE + 1u) * STEPS_A_SAVE);
		save(d);
	}
}

static struct device device_new(struct ram_flash *flash, const struct blob *factory,
				const struct tintin_options *options)
{
	struct device d = {.flash = flash, .factory = factory, .options = *options};

	EXPECT_EQ(tintin_arena_size(factory->data, factory->size, options, &d.arena.size), 0);
	d.arena.base = malloc(d.arena.size);
	return d;
}

/* The companions are of the moment of the record. */
static void expect_companions(const struct device *d, uint32_t step)
{
	const uint8_t *of_step, *other;
	size_t size;

	if (d->beside == 0) {
		EXPECT_EQ(tintin_store_companion(&d->store, STEP_TAG, (void *)&of_step, &size),
			  -ENOENT);
		return;
	}
	EXPECT_EQ(tintin_store_companion(&d->store, STEP_TAG, (void *)&of_step, &size), 0);
	EXPECT_EQ(size, d->beside);
	for (size_t i = 0; i < size; i++) {
		EXPECT_EQ(of_step[i], step);
	}
	EXPECT_EQ(tintin_store_companion(&d->store, OTHER_TAG, (void *)&other, &size), 0);
	EXPECT_EQ(size, 5);
	EXPECT_EQ(memcmp(other, "five", 5), 0);
}

/* What is in flash is whole, and is what was saved @p saves times (0: nothing). */
static void expect_newest(struct device *d, unsigned int saves)
{
	const void *record = NULL;
	size_t size = 0;
	int error = tintin_store_load(&d->store, &record, &size);

	if (saves == 0) {
		EXPECT_EQ(error, -ENOENT);
		return;
	}
	EXPECT_EQ(error, 0);
	EXPECT_EQ(size, d->expected[saves - 1].size);
	EXPECT_EQ(memcmp(record, d->expected[saves - 1].data, size), 0);
	expect_companions(d, saves * STEPS_A_SAVE);
}

/* An uninterrupted life: what each save wrote. */
static void record_life(struct device *d, struct blob expected[SAVES])
{
	boot(d);
	for (unsigned int i = 0; i < SAVES; i++) {
		net_learn(&d->net, (i + 1u) * STEPS_A_SAVE);
		expected[i] = net_save(&d->net);
		save(d);
	}
	d->expected = expected;
	expect_newest(d, SAVES);
}

/* Power is lost when the flash has done @p cut bytes of work. @return whether it was */
static bool cut_once(struct device *d, uint32_t cut)
{
	unsigned int before;

	memset(d->flash->memory, 0xff, d->flash->flash.size);
	d->flash->work = 0;
	d->flash->cut = cut;
	d->flash->seed = cut;
	boot(d);
	if (ram_flash_powered(d->flash, live, d)) {
		return false;
	}
	before = d->store.sequence; /* as many saves had ended: the next one was under way */
	d->flash->dark = false;
	d->flash->cut = 0;
	boot(d);
	EXPECT(d->net.step == before * STEPS_A_SAVE ||
	       d->net.step == (before + 1u) * STEPS_A_SAVE);
	expect_newest(d, d->net.step / STEPS_A_SAVE);
	return true;
}

static struct blob tiny_record(bool fractions)
{
	struct model m;

	EXPECT(model_named("tiny", &m));
	m.fractions = fractions;
	return model_record(&m);
}

struct setup {
	uint32_t slot, erase_block, write_block;
	struct tintin_options options;
	bool fractions;
	uint32_t beside;
};

static void cut_everywhere(const struct setup *s)
{
	struct blob factory = tiny_record(s->fractions), expected[SAVES];
	struct ram_flash *flash = ram_flash_new(2u * s->slot, s->erase_block, s->write_block);
	struct device d = device_new(flash, &factory, &s->options);
	uint32_t cut = 1, cuts = 0;

	d.beside = s->beside;
	record_life(&d, expected);
	while (cut_once(&d, cut)) {
		promise_about("erase block %u, write block %u, cut at byte %u", s->erase_block,
			      s->write_block, cut);
		live(&d); /* training goes on, and the torn slot is used again */
		expect_newest(&d, SAVES);
		boot(&d);
		expect_newest(&d, SAVES);
		cuts++;
		cut++;
	}
	EXPECT(cuts > SAVES * factory.size);
	for (unsigned int i = 0; i < SAVES; i++) {
		blob_free(&expected[i]);
	}
	free(d.arena.base);
	ram_flash_free(flash);
	blob_free(&factory);
}

PROMISE(power_may_go_at_any_byte_of_a_save)
{
	cut_everywhere(&(struct setup){512, 512, 4, {.train = TINTIN_TRAIN_ALL}, true});
}

PROMISE(power_may_go_where_a_save_erases_several_blocks)
{
	cut_everywhere(&(struct setup){640, 128, 8, {.train = TINTIN_TRAIN_ALL}, true});
}

PROMISE(power_may_go_with_single_bytes_programmed)
{
	cut_everywhere(&(struct setup){768, 256, 1, {.train = TINTIN_TRAIN_ALL}, false});
}

PROMISE(power_may_go_with_the_largest_write_blocks)
{
	cut_everywhere(&(struct setup){512, 128, 32, {.train = TINTIN_TRAIN_ALL}, true});
}

PROMISE(power_may_go_at_any_byte_of_a_save_with_companions)
{
	cut_everywhere(&(struct setup){640, 128, 8, {.train = TINTIN_TRAIN_ALL}, true, 63});
	cut_everywhere(&(struct setup){512, 512, 4, {.train = 1u << 1}, false, 1});
}

PROMISE(power_may_go_while_a_frozen_layer_is_read_from_alternating_slots)
{
	cut_everywhere(&(struct setup){512, 128, 4, {.train = 1u << 1}, true});
	cut_everywhere(&(struct setup){512, 256, 8, {.train = 1u << 0}, false});
}

PROMISE(power_may_go_twice)
{
	/* A second cut while the device goes on from the first. */
	struct blob factory = tiny_record(true), expected[SAVES];
	struct ram_flash *flash = ram_flash_new(1024, 128, 4);
	const struct tintin_options options = {.train = 1u << 1};
	struct device d = device_new(flash, &factory, &options);

	record_life(&d, expected);
	for (uint32_t i = 0; i < 1500; i++) {
		uint32_t first = 1u + model_hash(i) % 2000u, second = model_hash(~i) % 700u;

		promise_about("cuts at byte %u and %u after it", first, second);
		if (!cut_once(&d, first)) {
			continue;
		}
		flash->cut = flash->work + 1u + second;
		ram_flash_powered(flash, live, &d);
		flash->dark = false;
		flash->cut = 0;
		boot(&d);
		expect_newest(&d, d.net.step / STEPS_A_SAVE);
		live(&d);
		expect_newest(&d, SAVES);
	}
	for (unsigned int i = 0; i < SAVES; i++) {
		blob_free(&expected[i]);
	}
	free(d.arena.base);
	ram_flash_free(flash);
	blob_free(&factory);
}
