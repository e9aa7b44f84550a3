/* SPDX-License-Identifier: Apache-2.0 */
#include "record.h"

#define MANY 0x3fffffffu /* more weights than any record can hold, and safe to add to */

static uint32_t product(uint64_t a, uint64_t b)
{
	return a * b < MANY ? (uint32_t)(a * b) : MANY;
}

static void arrive(struct tt_walk *w)
{
	w->entry = &tt_entries(w->header)[w->l];
	w->state = &tt_states(w->header)[w->l];
	w->fan_in = w->weights = w->bias = w->weight = w->fraction = 0;
	if (!tt_has_weights(w->entry)) {
		return;
	}
	w->fan_in = w->entry->kind == TINTIN_DENSE
			    ? tt_volume(w->in)
			    : product(product(w->entry->kernel_h, w->entry->kernel_w), w->in.c);
	w->weights = product(w->fan_in, w->entry->out.c);
	w->bias = w->next;
	w->weight = w->bias + w->entry->out.c * (uint32_t)sizeof(int32_t);
	w->next = w->weight + tt_weights_bytes(w->weights);
	if (w->state->fraction_stored && w->entry->fraction_bits > 0) {
		w->fraction = w->next;
		w->next += tt_fraction_bytes(w->entry, w->weights);
	}
}

struct tt_walk tt_walk_begin(const struct tintin_header *header)
{
	struct tt_walk w = {.header = header, .in = header->input, .next = tt_fixed_size(header)};

	arrive(&w);
	return w;
}

bool tt_walk_next(struct tt_walk *w)
{
	if (w->l + 1u >= w->header->layers) {
		return false;
	}
	w->in = w->entry->out;
	w->l++;
	arrive(w);
	return true;
}
