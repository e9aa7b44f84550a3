/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/error.h>

#include "network.h"
#include "save.h"

size_t tintin_save_size(const struct tintin *net)
{
	struct tt_walk w = tt_walk_begin(net->record);
	uint32_t grown = 0;

	do {
		if (net->layer[w.l].trained && w.fraction == 0) {
			grown += tt_fraction_bytes(w.entry, w.weights);
		}
	} while (tt_walk_next(&w));
	return net->record->size + grown;
}

/* A record under way: every piece goes to the sink and into the CRC. */
struct writer {
	const struct tintin_sink *sink;
	uint32_t crc;
	int error; /* sticky */
};

static void put(struct writer *w, const void *data, size_t n)
{
	if (w->error == 0) {
		w->crc = tintin_crc32(w->crc, data, n);
		w->error = w->sink->write(w->sink->context, data, n);
	}
}

static void put_header(struct writer *w, const struct tintin *net)
{
	struct tintin_header h = *net->record;

	h.size = (uint32_t)tintin_save_size(net);
	h.step = net->step;
	h.parent = net->parent;
	h.rng = net->rng;
	h.rate_mantissa = net->rate.mantissa;
	h.rate_shift = net->rate.shift;
	put(w, &h, sizeof(h));
}

static void put_data(struct writer *w, const struct tintin *net, unsigned int l)
{
	struct tt_view v = tt_view_of(net, l, TT_PREDICT);
	uint32_t weights = v.fan_in * v.out.c;

	put(w, v.bias, v.out.c * sizeof(int32_t));
	put(w, v.weight, tt_weights_bytes(weights));
	if (v.fraction != NULL) {
		put(w, v.fraction, tt_fraction_bytes(v.entry, weights));
	}
}

int tintin_save(const struct tintin *net, const struct tintin_sink *sink)
{
	struct writer w = {.sink = sink};
	uint32_t crc;

	if (tt_save_busy(net)) {
		return -EBUSY;
	}
	put_header(&w, net);
	put(&w, tt_entries(net->record), tt_layers(net) * sizeof(struct tintin_layer_entry));
	for (unsigned int l = 0; l < tt_layers(net); l++) {
		put(&w, &net->layer[l].state, sizeof(net->layer[l].state));
	}
	for (unsigned int l = 0; l < tt_layers(net); l++) {
		if (tt_has_weights(&tt_entries(net->record)[l])) {
			put_data(&w, net, l);
		}
	}
	crc = w.crc;
	put(&w, &crc, sizeof(crc));
	return w.error;
}
