/* SPDX-License-Identifier: Apache-2.0 */
#include "keeper.h"

#include <errno.h>

static int keep(void *context)
{
	struct tt_keeper *k = context;
	uint8_t *to = k->record[1 - k->current];
	size_t size = tintin_save_size(k->net);
	int error = size > k->room ? -ENOSPC : tt_save_to(k->net, to, size);

	error = error ? error : tintin_rebase(k->net, to, size);
	if (error == 0) {
		k->current = 1 - k->current;
		k->size = size;
	}
	return error;
}

int tt_keeper_keep(struct tt_keeper *keeper)
{
	return keep(keeper);
}

static int restore(void *context)
{
	struct tt_keeper *k = context;
	struct tintin_options options = k->net->options;

	return tintin_open(k->net, k->record[k->current], k->size, &options, k->arena);
}

static bool permit(void *context, enum tintin_work work)
{
	struct tt_keeper *k = context;

	return k->permit == NULL || k->permit(k->permit_context, work);
}

static void note_event(void *context, const struct tintin_event *event)
{
	struct tt_keeper *k = context;

	k->event[k->events++ % TT_EVENTS] = *event;
}

void tt_keeper_hooks(struct tt_keeper *keeper, struct tintin_learner_hooks *hooks)
{
	*hooks = (struct tintin_learner_hooks){
		.keep = keep,
		.restore = restore,
		.permit = permit,
		.event = note_event,
		.context = keeper,
	};
}

int tt_learner_stream(struct tintin_learner *learner, const struct tt_batch *batch,
		      const int32_t *labels, struct tintin_prediction *out)
{
	for (size_t i = 0; i < batch->samples; i++) {
		int err = tintin_learner_observe(learner, batch->x + i * batch->length,
						 batch->length, labels[i], &out[i]);

		if (err != 0) {
			return err;
		}
		tt_learner_run(learner);
	}
	return 0;
}

size_t tt_learner_run(struct tintin_learner *learner)
{
	size_t slices = 0;

	while (tintin_learner_slice(learner) > 0) {
		slices++;
	}
	return slices;
}
