/* SPDX-License-Identifier: Apache-2.0 */
#include "stream.h"

#include <string.h>

static void keep(const struct tintin_pipeline *p, size_t at, struct tt_vectors *out)
{
	if (at >= out->room) {
		return;
	}
	if (out->features != NULL) {
		memcpy(out->features + at * p->length, p->features, p->length);
	}
	if (out->values != NULL) {
		memcpy(out->values + at * p->length, tintin_pipeline_values(p),
		       p->length * sizeof(int16_t));
	}
}

size_t tt_pipeline_run(struct tintin_pipeline *p, const int16_t *reading, size_t readings,
		       struct tt_vectors *out)
{
	size_t vectors = 0;

	for (size_t i = 0; i < readings; i++, reading += p->is->channels) {
		if (tintin_pipeline_push(p, reading)) {
			keep(p, vectors++, out);
		}
	}
	return vectors;
}
