/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Where things are in a record. SPEC.md is the reference.
 */
#ifndef TT_RECORD_H_
#define TT_RECORD_H_

#include <tintin/record.h>

#include "fixed.h"
#include "layer.h"

static inline const struct tintin_layer_entry *tt_entries(const struct tintin_header *h)
{
	return (const struct tintin_layer_entry *)(h + 1);
}

static inline const struct tintin_layer_state *tt_states(const struct tintin_header *h)
{
	return (const struct tintin_layer_state *)(tt_entries(h) + h->layers);
}

/** Bytes of header, layer table and layer state together: where the data begins. */
static inline uint32_t tt_fixed_size(const struct tintin_header *h)
{
	return sizeof(*h) + h->layers * (uint32_t)(sizeof(struct tintin_layer_entry) +
						   sizeof(struct tintin_layer_state));
}

static inline uint32_t tt_weights_bytes(uint32_t weights)
{
	return tt_align4(weights);
}

/** Bytes of the fraction plane of @p weights weights, padded. */
static inline uint32_t tt_fraction_bytes(const struct tintin_layer_entry *e, uint32_t weights)
{
	return tt_align4((weights * e->fraction_bits + 7u) / 8u);
}

/** A walk over the layers of a record: their shapes and where their data lies. */
struct tt_walk {
	const struct tintin_header *header;
	const struct tintin_layer_entry *entry;
	const struct tintin_layer_state *state;
	struct tintin_shape in;
	uint32_t l;
	uint32_t fan_in, weights; /* 0 without weights */
	uint32_t bias, weight, fraction; /* offsets in the record; fraction 0: not stored */
	uint32_t next;            /* offset of the next layer's data */
};

/** Start at layer 0. */
struct tt_walk tt_walk_begin(const struct tintin_header *header);

/** Go to the next layer; @return false past the last. */
bool tt_walk_next(struct tt_walk *walk);

/** The overflow bounds of DESIGN.md. @return 0 or -ERANGE */
int tt_bounds_check(const struct tintin_header *header);

#endif
