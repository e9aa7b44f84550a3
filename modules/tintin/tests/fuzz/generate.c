/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "fuzz.h"

uint32_t fuzz_next(uint32_t *state)
{
	*state += 0x9e3779b9u;
	return model_hash(*state);
}

uint32_t fuzz_below(uint32_t *state, uint32_t n)
{
	return fuzz_next(state) % n;
}

static uint32_t between(uint32_t *state, uint32_t low, uint32_t high)
{
	return low + fuzz_below(state, high - low + 1u);
}

static struct model_window window(const struct model *m, uint32_t *state, bool padded)
{
	struct model_window w = {
		.kernel_h = (uint16_t)between(state, 1, m->last.h < 20 ? m->last.h : 20),
		.kernel_w = (uint16_t)between(state, 1, m->last.w < 20 ? m->last.w : 20),
		.stride_h = (uint8_t)between(state, 1, 3),
		.stride_w = (uint8_t)between(state, 1, 3),
	};

	if (padded) {
		w.pad_top = (uint8_t)fuzz_below(state, w.kernel_h);
		w.pad_left = (uint8_t)fuzz_below(state, w.kernel_w);
		w.pad_bottom = (uint8_t)fuzz_below(state, w.kernel_h);
		w.pad_right = (uint8_t)fuzz_below(state, w.kernel_w);
	}
	return w;
}

static void add_layer(struct model *m, uint32_t *state)
{
	static const uint8_t bits[] = {8, 4, 0};
	bool relu = fuzz_below(state, 2) != 0;

	m->fraction_bits = bits[fuzz_below(state, 3)];
	switch (fuzz_below(state, 5)) {
	case 0:
		model_max_pool(m, window(m, state, true));
		break;
	case 1:
		model_avg_pool(m, window(m, state, false), relu);
		break;
	case 2:
		model_dense(m, (uint16_t)between(state, 1, 30), relu);
		break;
	default:
		model_conv(m, (uint16_t)between(state, 1, 9), window(m, state, true), relu);
		break;
	}
}

/* States that no training would reach are in range all the same. */
static void random_states(struct blob *record, uint32_t *state)
{
	uint32_t layers = record->data[6];
	struct tintin_layer_state *s =
		(struct tintin_layer_state *)(record->data + 64u + 32u * layers);
	struct tintin_header *h = (struct tintin_header *)record->data;

	for (uint32_t l = 0; l < layers; l++) {
		s[l].activation.shift = (uint8_t)fuzz_below(state, 31);
		s[l].activation.count = (uint8_t)fuzz_below(state, 64);
		s[l].error.shift = (uint8_t)fuzz_below(state, 31);
		s[l].error.held = (uint8_t)fuzz_below(state, 2);
		s[l].weight_exp = (int8_t)((int32_t)fuzz_below(state, 31) - 20);
		s[l].weight_bits = (uint8_t)fuzz_below(state, 8);
	}
	h->input_exp = (int8_t)((int32_t)fuzz_below(state, 81) - 40);
	h->rate_shift = (int8_t)((int32_t)fuzz_below(state, 33) - 8);
	h->rate_mantissa = (uint8_t)(8u + fuzz_below(state, 8));
	h->step = fuzz_next(state);
}

struct blob fuzz_network(uint32_t *state)
{
	struct model m = model_begin((uint16_t)between(state, 1, 14),
				     (uint16_t)between(state, 1, 14),
				     (uint16_t)between(state, 1, 4));
	struct blob record;

	for (uint32_t n = fuzz_below(state, 6); n > 0; n--) {
		add_layer(&m, state);
	}
	m.seed = fuzz_next(state);
	m.fractions = fuzz_below(state, 2) != 0;
	if (fuzz_below(state, 3) == 0) {
		m.weight = fuzz_below(state, 2) ? 127 : -127;
		m.bias = fuzz_below(state, 2) ? 1 << 28 : -(1 << 28);
	}
	model_dense(&m, (uint16_t)between(state, 2, 12), false);
	record = model_record(&m);
	if (fuzz_below(state, 2)) {
		random_states(&record, state);
	}
	blob_seal(&record);
	return record;
}

static uint32_t interesting(uint32_t *state)
{
	static const uint32_t values[] = {
		0, 1, 2, 3, 4, 7, 8, 31, 32, 33, 63, 64, 127, 128, 129, 255, 256, 32767, 32768,
		65535, 65536, 66572, 1u << 28, 1u << 30, INT32_MAX, 1u << 31, UINT32_MAX,
	};

	return values[fuzz_below(state, sizeof(values) / sizeof(values[0]))];
}

static void mutate_once(struct blob *record, uint32_t *state)
{
	/* Most of the lies worth telling are in header, table and state. */
	uint32_t head = 64u + 48u * record->data[6];
	uint32_t size = (uint32_t)record->size;
	uint32_t range = fuzz_below(state, 4) && head < size ? head : size;
	uint32_t at = fuzz_below(state, range);
	uint32_t width = 1u << fuzz_below(state, 3), value = interesting(state);

	switch (fuzz_below(state, 3)) {
	case 0:
		record->data[at] ^= (uint8_t)(1u << fuzz_below(state, 8));
		break;
	case 1:
		record->data[at] += fuzz_below(state, 2) ? 1 : 0xff;
		break;
	default:
		at &= ~(width - 1u);
		memcpy(record->data + at, &value, at + width <= record->size ? width : 1u);
		break;
	}
}

void fuzz_mutate(struct blob *record, uint32_t *state)
{
	for (uint32_t n = 1u + fuzz_below(state, 3); n > 0; n--) {
		mutate_once(record, state);
	}
	if (fuzz_below(state, 32) != 0) {
		blob_seal(record);
	}
}
