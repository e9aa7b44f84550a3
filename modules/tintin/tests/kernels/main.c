/* SPDX-License-Identifier: Apache-2.0 */
/* Holds every kernel of this target against its reference; kernels.py says what to try. */
#include "kernel.h"

#include <errno.h>
#include <string.h>

#include "platform.h"

#define MAGIC      0x4c4e524bu /* "KRNL" */
#define SEED_STEP  0x9e3779b9u
#define FAILED_MAX 3u /* kernels whose failures are spelled out */

struct job {
	uint32_t magic;
	uint32_t seed; /* of the first trial */
	uint32_t trials;
	uint32_t broken; /* 1: try the broken ones */
	char only[44];   /* kernels whose names begin so; empty: all */
};

static struct world expected, got;

static void say(const char *words)
{
	(void)platform_write(words, strlen(words));
}

static void say_number(int64_t value)
{
	char text[24], *at = &text[sizeof(text) - 1u];
	uint64_t rest = value < 0 ? 0u - (uint64_t)value : (uint64_t)value;

	*at = '\0';
	do {
		*--at = (char)('0' + (int)(rest % 10u));
		rest /= 10u;
	} while (rest > 0);
	if (value < 0) {
		*--at = '-';
	}
	say(at);
}

static void say_fact(const char *name, int64_t value)
{
	say(" ");
	say(name);
	say("=");
	say_number(value);
}

static void say_failure(const char *kernel, uint32_t seed, uint32_t at, const char *what)
{
	const struct buffer *b = world_buffer(&got, at);

	say(kernel);
	say(": ");
	say(what);
	say(" ");
	say(b != NULL ? b->name : "the first buffer");
	say_fact("byte", (int64_t)at - (b != NULL ? b->begin : 0));
	say_fact("is", got.memory[at]);
	say_fact("expected", expected.memory[at]);
	say("; seed");
	say_fact("seed", seed);
	say("; drawn (buffers by their alignment in 16):");
	for (uint32_t i = 0; i < got.facts; i++) {
		say_fact(got.fact[i].name, got.fact[i].value);
	}
	say("\n");
}

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <stdio.h>

/* The trial under way, for when the sanitizer ends the program in it. */
static const char *current;
static uint32_t current_seed;

static void say_where(void)
{
	fprintf(stderr, "%s: reads or writes outside of a buffer; seed=%u\n", current, current_seed);
}

static void about_to_try(const char *kernel, uint32_t seed)
{
	current = kernel;
	current_seed = seed;
	__asan_set_death_callback(say_where);
}
#else
static void about_to_try(const char *kernel, uint32_t seed)
{
	(void)kernel;
	(void)seed;
}
#endif

/* @return whether the variant did what the reference does */
static bool equal(const struct entry *k, uint32_t seed, bool loud)
{
	uint32_t stray, difference;

	about_to_try(k->name, seed);
	sparse_compress = k->compress;
	world_begin(&expected, seed);
	k->attempt(&expected, k->reference);
	world_end(&expected);
	world_begin(&got, seed);
	k->attempt(&got, k->variant);
	world_end(&got);
	stray = world_trespass(&got);
	difference = world_difference(&expected, &got);
	if (loud && world_trespass(&expected) < WORLD_BYTES) {
		say_failure(k->name, seed, world_trespass(&expected), "REFERENCE wrote outside of");
	} else if (loud && stray < WORLD_BYTES) {
		say_failure(k->name, seed, stray, "wrote outside of");
	} else if (loud && difference < WORLD_BYTES) {
		say_failure(k->name, seed, difference, "differs in");
	}
	return stray == WORLD_BYTES && difference == WORLD_BYTES &&
	       world_trespass(&expected) == WORLD_BYTES;
}

/* @return trials that were not equal */
static uint32_t test(const struct entry *k, const struct job *job)
{
	uint32_t seed = job->seed, unequal = 0;

	for (uint32_t i = 0; i < job->trials; i++, seed += SEED_STEP) {
		unequal += !equal(k, seed, unequal < FAILED_MAX);
	}
	say(k->name);
	say(unequal == 0 ? " ok" : " FAILED");
	say_fact("trials", job->trials);
	say_fact("unequal", unequal);
	say("\n");
	return unequal;
}

int runner_run(void)
{
	struct job job;

	if (platform_read(&job, sizeof(job)) != 0 || job.magic != MAGIC) {
		say("no job\n");
		return 2;
	}
	for (const struct entry *k = job.broken ? broken_kernels : kernels; k->name != NULL; k++) {
		if (strncmp(k->name, job.only, strlen(job.only)) == 0) {
			(void)test(k, &job);
		}
	}
	say("end\n");
	return 0;
}
