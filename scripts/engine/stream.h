/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Readings through a pipeline in one call.
 */
#ifndef TT_STREAM_H_
#define TT_STREAM_H_

#include <stddef.h>
#include <stdint.h>

#include <tintin/pipeline.h>

/** Where vectors go, as many as there is room for. */
struct tt_vectors {
	int8_t *features; /* [room][length], or NULL */
	int16_t *values;  /* the same before centring, or NULL */
	size_t room;
};

/** Push @p readings readings. @return vectors that came, also those without room */
size_t tt_pipeline_run(struct tintin_pipeline *pipeline, const int16_t *reading, size_t readings,
		       struct tt_vectors *out);

#endif
