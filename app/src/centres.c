/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The lock is the inner one: a save takes it under the service's, and the sampler holds it for a
 * push alone, never while it calls the service.
 */
#include <zephyr/kernel.h> /* first: a vendor's header has CHANNELS, too */
#include <zephyr/logging/log.h>

#include <tintin/error.h>
#include <tintin/record.h>
#include <tintin/service.h>

#include "centres.h"

LOG_MODULE_DECLARE(sense, CONFIG_APP_LOG_LEVEL);

#define PIPE 0x45504950u /* "PIPE" */

static K_MUTEX_DEFINE(lock);
/* That the network was trained with (CONFIG_APP_CENTRES). */
static const uint8_t factory[] __aligned(4) = {
#include "centres.inc"
};
static uint8_t kept[sizeof(factory)] __aligned(4); /* what a save writes */
static struct tintin_pipeline *owner;

void centres_lock(void)
{
	if (CENTRES_FOLLOW) {
		k_mutex_lock(&lock, K_FOREVER);
	}
}

void centres_unlock(void)
{
	if (CENTRES_FOLLOW) {
		k_mutex_unlock(&lock);
	}
}

static void refresh(void *data)
{
	centres_lock();
	tintin_pipeline_save(owner, data);
	centres_unlock();
}

static int restore(struct tintin_pipeline *pipeline, const void *state, size_t size)
{
	int error;

	centres_lock();
	error = tintin_pipeline_restore(pipeline, state, size);
	centres_unlock();
	return error;
}

/* @return -ENOENT: nothing that can be used was saved */
static int begin_with_saved(struct tintin_pipeline *pipeline)
{
	const void *state;
	size_t size;
	int error = tintin_service_attached(PIPE, &state, &size);

	if (error) {
		return -ENOENT;
	}
	error = restore(pipeline, state, size);
	if (error) {
		LOG_ERR("the saved centres are ignored: %s", tintin_reason(error));
		return -ENOENT;
	}
	return 0;
}

int centres_begin(struct tintin_pipeline *pipeline)
{
	if (CENTRES_FOLLOW && begin_with_saved(pipeline) == 0) {
		return 0;
	}
	return restore(pipeline, factory, sizeof(factory));
}

uint32_t centres_identity(uint32_t crc)
{
	/* Not their own CRC at the end: with it all blocks of a length come to the same. */
	return tintin_crc32(crc, factory, sizeof(factory) - sizeof(crc));
}

/* The network went back to what was saved or to the factory's: so do its centres. */
static void reopened(void *data)
{
	ARG_UNUSED(data);
	(void)centres_begin(owner);
}

void centres_attach(struct tintin_pipeline *pipeline)
{
	static const struct tintin_attachment attachment = {
		.tag = PIPE,
		.data = kept,
		.size = sizeof(kept),
		.refresh = refresh,
		.reopened = reopened,
	};

	owner = pipeline;
	if (CENTRES_FOLLOW && tintin_service_attach(&attachment) != 0) {
		LOG_ERR("there is no room to save the centres");
	}
}
