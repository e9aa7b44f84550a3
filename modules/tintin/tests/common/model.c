/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <stdlib.h>
#include <string.h>

struct model model_begin(uint16_t h, uint16_t w, uint16_t c)
{
	return (struct model){
		.input = {h, w, c},
		.last = {h, w, c},
		.seed = 1,
		.fraction_bits = 8,
		.fractions = true,
		.input_exp = -7,
		.rate_mantissa = 8,
		.rate_shift = 5,
	};
}

static struct tintin_layer_entry *add(struct model *m, enum tintin_kind kind)
{
	struct tintin_layer_entry *e = &m->layer[m->layers++];

	e->kind = (uint8_t)kind;
	return e;
}

void model_dense(struct model *m, uint16_t outputs, bool relu)
{
	struct tintin_layer_entry *e = add(m, TINTIN_DENSE);

	e->flags = relu ? TINTIN_LAYER_RELU : 0;
	e->fraction_bits = m->fraction_bits;
	e->out = (struct tintin_shape){1, 1, outputs};
	m->last = e->out;
}

static uint16_t extent(uint32_t in, uint32_t kernel, uint32_t stride, uint32_t pads)
{
	return (uint16_t)((in + pads - kernel) / stride + 1u);
}

static void set_window(struct model *m, struct tintin_layer_entry *e, struct model_window w,
		       uint16_t channels)
{
	e->kernel_h = w.kernel_h;
	e->kernel_w = w.kernel_w;
	e->stride_h = w.stride_h > 0 ? w.stride_h : 1;
	e->stride_w = w.stride_w > 0 ? w.stride_w : 1;
	e->pad_top = w.pad_top;
	e->pad_left = w.pad_left;
	e->pad_bottom = w.pad_bottom;
	e->pad_right = w.pad_right;
	e->out.h = extent(m->last.h, w.kernel_h, e->stride_h, w.pad_top + w.pad_bottom);
	e->out.w = extent(m->last.w, w.kernel_w, e->stride_w, w.pad_left + w.pad_right);
	e->out.c = channels;
	m->last = e->out;
}

void model_conv(struct model *m, uint16_t channels, struct model_window window, bool relu)
{
	struct tintin_layer_entry *e = add(m, TINTIN_CONV2D);

	e->flags = relu ? TINTIN_LAYER_RELU : 0;
	e->fraction_bits = m->fraction_bits;
	set_window(m, e, window, channels);
}

void model_max_pool(struct model *m, struct model_window window)
{
	set_window(m, add(m, TINTIN_MAX_POOL), window, m->last.c);
}

void model_avg_pool(struct model *m, struct model_window window, bool relu)
{
	struct tintin_layer_entry *e = add(m, TINTIN_AVG_POOL);

	e->flags = relu ? TINTIN_LAYER_RELU : 0;
	set_window(m, e, window, m->last.c);
}

uint32_t model_hash(uint32_t x)
{
	x = (x ^ x >> 16) * 0x7feb352du;
	x = (x ^ x >> 15) * 0x846ca68bu;
	return x ^ x >> 16;
}

uint32_t model_crc32(uint32_t crc, const void *data, size_t n)
{
	const uint8_t *byte = data;

	crc = ~crc;
	for (size_t i = 0; i < n; i++) {
		crc ^= byte[i];
		for (int bit = 0; bit < 8; bit++) {
			crc = crc >> 1 ^ (crc & 1u ? 0xedb88320u : 0u);
		}
	}
	return ~crc;
}

/* Where a layer's parts lie, and how many weights it has (0 for a pool). */
struct part {
	uint32_t fan_in, weights, bias, weight, fraction, end;
};

static struct part part_of(const struct model *m, unsigned int l, uint32_t begin)
{
	const struct tintin_layer_entry *e = &m->layer[l];
	struct tintin_shape in = l == 0 ? m->input : m->layer[l - 1].out;
	uint32_t window;
	struct part p = {.bias = begin, .weight = begin, .end = begin};

	if (e->kind != TINTIN_DENSE && e->kind != TINTIN_CONV2D) {
		return p;
	}
	window = e->kind == TINTIN_DENSE ? (uint32_t)in.h * in.w
					 : (uint32_t)e->kernel_h * e->kernel_w;
	p.fan_in = in.c * window;
	p.weights = p.fan_in * e->out.c;
	p.weight = p.bias + 4u * e->out.c;
	p.fraction = p.weight + (p.weights + 3u) / 4u * 4u;
	p.end = p.fraction;
	if (m->fractions) {
		p.end += ((p.weights * e->fraction_bits + 7u) / 8u + 3u) / 4u * 4u;
	}
	return p;
}

static int bits_of(uint32_t v)
{
	return v == 0 ? 0 : 32 - __builtin_clz(v);
}

static void fill_planes(const struct model *m, unsigned int l, const struct part *p,
			uint8_t *record)
{
	uint32_t fraction_bits = p->weights * m->layer[l].fraction_bits;
	uint32_t seed = model_hash(m->seed * 977u + l);

	for (uint32_t o = p->bias; o < p->weight; o += 4u) {
		memcpy(record + o, &m->bias, 4);
	}
	for (uint32_t i = 0; i < p->weights; i++) {
		int32_t random = (int32_t)(model_hash(seed + i) % 127u) - 63;

		record[p->weight + i] = (uint8_t)(m->weight != 0 ? m->weight : random);
	}
	if (!m->fractions) {
		return;
	}
	for (uint32_t i = 0; i < fraction_bits / 8u; i++) {
		record[p->fraction + i] = (uint8_t)model_hash(seed ^ ~i);
	}
	if (fraction_bits % 8u != 0) {
		record[p->fraction + fraction_bits / 8u] = 0x08;
	}
}

/* Scales start as DESIGN.md says; weights within +-63 fill 6 bits and their fractions. */
static void fill_state(const struct model *m, unsigned int l, const struct part *p,
		       struct tintin_layer_state *s)
{
	const struct tintin_layer_entry *e = &m->layer[l];

	if (p->weights == 0) {
		s->activation.shift = s->error.shift = e->kind == TINTIN_AVG_POOL ? 20 : 0;
		return;
	}
	if (l + 1u < m->layers) {
		s->activation.shift = (uint8_t)(6 + bits_of(p->fan_in) / 2);
	}
	s->error.shift = (uint8_t)(6 + bits_of(e->out.c) / 2);
	s->weight_exp = (int8_t)(-5 - bits_of(p->fan_in) / 2);
	s->weight_bits = (uint8_t)(6 + e->fraction_bits);
	s->fraction_stored = m->fractions;
}

static void write_header(const struct model *m, uint8_t *record, uint32_t size)
{
	struct tintin_header *h = (struct tintin_header *)record;

	h->magic = TINTIN_RECORD_MAGIC;
	h->version = TINTIN_RECORD_VERSION;
	h->layers = m->layers;
	h->input_exp = m->input_exp;
	h->size = size;
	h->input = m->input;
	h->classes = m->last.c;
	h->rng = model_hash(m->seed) | 1u;
	h->rate_mantissa = m->rate_mantissa;
	h->rate_shift = m->rate_shift;
	memcpy(record + 64, m->layer, 32u * m->layers);
}

struct blob model_record(const struct model *m)
{
	uint32_t end = 64u + 48u * m->layers;
	struct tintin_layer_state *state;
	struct blob blob;

	for (unsigned int l = 0; l < m->layers; l++) {
		end = part_of(m, l, end).end;
	}
	blob = (struct blob){.data = calloc(1, end + 4u), .size = end + 4u};
	write_header(m, blob.data, end + 4u);
	state = (struct tintin_layer_state *)(blob.data + 64u + 32u * m->layers);
	end = 64u + 48u * m->layers;
	for (unsigned int l = 0; l < m->layers; l++) {
		struct part p = part_of(m, l, end);

		fill_planes(m, l, &p, blob.data);
		fill_state(m, l, &p, &state[l]);
		end = p.end;
	}
	blob_seal(&blob);
	return blob;
}

struct blob blob_copy(const void *data, size_t size)
{
	struct blob blob = {.data = malloc(size), .size = size};

	memcpy(blob.data, data, size);
	return blob;
}

void blob_free(struct blob *blob)
{
	free(blob->data);
	*blob = (struct blob){0};
}

void blob_seal(struct blob *blob)
{
	struct tintin_header *h = (struct tintin_header *)blob->data;
	size_t table = 64u + 32u * (size_t)h->layers;
	uint32_t crc;

	if (table + 4u <= blob->size) {
		crc = model_crc32(0, blob->data + 16, 8);
		h->shape_hash = model_crc32(crc, blob->data + 64, table - 64u);
	}
	crc = model_crc32(0, blob->data, blob->size - 4u);
	memcpy(blob->data + blob->size - 4u, &crc, 4);
}
