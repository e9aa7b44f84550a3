/* SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include <errno.h>
#include <string.h>

#include <tintin/tintin.h>

int tt_predict_many(struct tintin *net, const struct tt_batch *batch,
		    struct tintin_prediction *out)
{
	for (size_t i = 0; i < batch->samples; i++) {
		int err = tintin_predict(net, batch->x + i * batch->length, batch->length, &out[i]);

		if (err != 0) {
			return err;
		}
	}
	return 0;
}

int tt_learn_many(struct tintin *net, const struct tt_batch *batch, const uint16_t *labels,
		  size_t *hits)
{
	struct tintin_prediction before;

	*hits = 0;
	for (size_t i = 0; i < batch->samples; i++) {
		int err = tintin_learn(net, batch->x + i * batch->length, batch->length, labels[i],
				       &before);

		if (err != 0) {
			return err;
		}
		*hits += before.label == labels[i];
	}
	return 0;
}

struct buffer {
	uint8_t *data;
	size_t room;
};

static int append(void *context, const void *data, size_t n)
{
	struct buffer *b = context;

	if (n > b->room) {
		return -ENOSPC;
	}
	memcpy(b->data, data, n);
	b->data += n;
	b->room -= n;
	return 0;
}

int tt_save_to(const struct tintin *net, uint8_t *out, size_t size)
{
	struct buffer b = {.data = out, .room = size};
	struct tintin_sink sink = {.write = append, .context = &b};

	return tintin_save(net, &sink);
}

const char *tt_version(void)
{
	return TINTIN_VERSION;
}

const char *tt_source_digest(void)
{
	return TT_SOURCE_DIGEST;
}
