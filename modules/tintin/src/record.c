/* SPDX-License-Identifier: Apache-2.0 */
/* Nothing of a record is believed before all of it was checked, in the order of SPEC.md. */
#include "record.h"

#include <stddef.h>

#include <tintin/error.h>
#include <tintin/network.h>

#include "rate.h"
#include "scale.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "records are little-endian and read in place"
#endif

_Static_assert(sizeof(struct tintin_header) == 64, "SPEC.md: header");
_Static_assert(offsetof(struct tintin_header, input) == 16, "SPEC.md: header");
_Static_assert(offsetof(struct tintin_header, rate_mantissa) == 36, "SPEC.md: header");
_Static_assert(sizeof(struct tintin_layer_entry) == 32, "SPEC.md: layer table");
_Static_assert(offsetof(struct tintin_layer_entry, out) == 16, "SPEC.md: layer table");
_Static_assert(sizeof(struct tintin_layer_state) == 16, "SPEC.md: layer state");

#define MAX_VALUES 65535u     /* of one tensor */
#define MAX_SIZE   (1u << 28) /* of a record: no sum of sizes leaves 32 bits */

static bool all_zero(const uint8_t *byte, size_t n)
{
	uint8_t any = 0;

	for (size_t i = 0; i < n; i++) {
		any |= byte[i];
	}
	return any == 0;
}

static bool shape_valid(struct tintin_shape s)
{
	return s.h > 0 && s.w > 0 && s.c > 0 && (uint64_t)s.h * s.w * s.c <= MAX_VALUES;
}

static int check_envelope(const struct tintin_header *h, size_t size)
{
	uint32_t crc;

	if (((uintptr_t)h & 3u) != 0) {
		return -EINVAL;
	}
	if (size < sizeof(*h) || h->magic != TINTIN_RECORD_MAGIC) {
		return -ENOEXEC;
	}
	if (h->version != TINTIN_RECORD_VERSION) {
		return -ENOTSUP;
	}
	if (h->size > size || h->size > MAX_SIZE || h->size % 4u != 0 ||
	    h->size < tt_fixed_size(h) + sizeof(crc)) {
		return -EBADMSG;
	}
	crc = *(const uint32_t *)((const uint8_t *)h + h->size - sizeof(crc));
	return tintin_crc32(0, h, h->size - sizeof(crc)) == crc ? 0 : -EBADMSG;
}

static uint32_t shape_hash(const struct tintin_header *h)
{
	uint32_t crc = tintin_crc32(0, &h->input, sizeof(h->input) + sizeof(h->classes));

	return tintin_crc32(crc, tt_entries(h), h->layers * sizeof(struct tintin_layer_entry));
}

static int check_header(const struct tintin_header *h)
{
	struct tintin_rate rate = {h->rate_mantissa, h->rate_shift};
	bool good = h->layers >= 1 && h->layers <= TINTIN_MAX_LAYERS && h->input_exp >= -40 &&
		    h->input_exp <= 40 && shape_valid(h->input) && h->classes >= 2 &&
		    h->classes <= 32768 && h->rng != 0 && tt_rate_valid(rate) &&
		    all_zero(h->reserved, sizeof(h->reserved));

	return good && h->shape_hash == shape_hash(h) ? 0 : -EPROTO;
}

/* Does one axis of a window follow from input, kernel, stride and padding? */
static bool axis_valid(uint32_t in, uint32_t out, const uint32_t window[4])
{
	uint32_t kernel = window[0], stride = window[1], before = window[2], after = window[3];

	return kernel >= 1 && stride >= 1 && before < kernel && after < kernel &&
	       in + before + after >= kernel &&
	       out == (in + before + after - kernel) / stride + 1u;
}

static bool window_valid(const struct tintin_layer_entry *e, struct tintin_shape in)
{
	const uint32_t vertical[4] = {e->kernel_h, e->stride_h, e->pad_top, e->pad_bottom};
	const uint32_t horizontal[4] = {e->kernel_w, e->stride_w, e->pad_left, e->pad_right};

	return axis_valid(in.h, e->out.h, vertical) && axis_valid(in.w, e->out.w, horizontal);
}

static bool padded(const struct tintin_layer_entry *e)
{
	return (e->pad_top | e->pad_left | e->pad_bottom | e->pad_right) != 0;
}

static bool dense_valid(const struct tintin_layer_entry *e)
{
	return e->kernel_h == 0 && e->kernel_w == 0 && e->stride_h == 0 && e->stride_w == 0 &&
	       !padded(e) && e->out.h == 1 && e->out.w == 1;
}

static int check_entry(const struct tt_walk *w)
{
	const struct tintin_layer_entry *e = w->entry;
	bool relu = (e->flags & TINTIN_LAYER_RELU) != 0;
	uint8_t known = TINTIN_LAYER_RELU | (tt_has_weights(e) ? TINTIN_LAYER_BOUNDED : 0);
	bool good = shape_valid(e->out) && (e->flags & ~known) == 0 &&
		    e->reserved0 == 0 && e->reserved1 == 0 &&
		    all_zero(e->reserved2, sizeof(e->reserved2));

	if (tt_op_of(e->kind) == NULL) {
		return -ENOTSUP;
	}
	if (tt_has_weights(e)) {
		good = good && (e->fraction_bits == 8 || e->fraction_bits == 4 ||
				e->fraction_bits == 0);
	} else {
		good = good && e->fraction_bits == 0 && e->out.c == w->in.c;
	}
	good = good && (e->kind == TINTIN_DENSE ? dense_valid(e) : window_valid(e, w->in));
	good = good && !(e->kind == TINTIN_MAX_POOL && relu);
	good = good && !(e->kind == TINTIN_AVG_POOL && padded(e));
	return good ? 0 : -EPROTO;
}

static int check_table(const struct tintin_header *h)
{
	const struct tintin_layer_entry *last = &tt_entries(h)[h->layers - 1];
	struct tt_walk w = tt_walk_begin(h);
	uint32_t room = h->size - (uint32_t)sizeof(uint32_t);

	do {
		int error = check_entry(&w);

		if (error) {
			return error;
		}
		if (w.weights > room || w.next > room) {
			return -EPROTO;
		}
	} while (tt_walk_next(&w));

	if (w.next != room || last->kind != TINTIN_DENSE ||
	    (last->flags & TINTIN_LAYER_RELU) != 0 || last->out.c != h->classes) {
		return -EPROTO;
	}
	return 0;
}

static bool scale_valid(const struct tintin_scale *s)
{
	return s->shift <= TT_SCALE_MAX && s->held <= 1 && s->count < TT_SCALE_WINDOW &&
	       s->reserved == 0;
}

static bool state_valid(const struct tt_walk *w)
{
	const struct tintin_layer_state *s = w->state;

	return scale_valid(&s->activation) && scale_valid(&s->error) && s->weight_exp >= -20 &&
	       s->weight_exp <= 10 && s->weight_bits <= 7 + w->entry->fraction_bits &&
	       s->fraction_stored <= 1 && all_zero(s->reserved, sizeof(s->reserved));
}

static bool weights_valid(const struct tt_walk *w)
{
	const uint8_t *base = (const uint8_t *)w->header;
	const int32_t *bias = (const int32_t *)(base + w->bias);
	const int8_t *weight = (const int8_t *)(base + w->weight);

	for (uint32_t o = 0; o < w->entry->out.c; o++) {
		if (bias[o] < -TT_BIAS_MAX || bias[o] > TT_BIAS_MAX) {
			return false;
		}
	}
	for (uint32_t i = 0; i < w->weights; i++) {
		if (weight[i] == INT8_MIN) {
			return false;
		}
	}
	return true;
}

static int check_data(const struct tintin_header *h)
{
	struct tt_walk w = tt_walk_begin(h);

	do {
		if (!state_valid(&w) || (w.weights > 0 && !weights_valid(&w))) {
			return -EPROTO;
		}
	} while (tt_walk_next(&w));
	return 0;
}

int tintin_record_check(const void *record, size_t size)
{
	const struct tintin_header *h = record;
	int error = check_envelope(h, size);

	error = error ? error : check_header(h);
	error = error ? error : check_table(h);
	error = error ? error : tt_bounds_check(h);
	error = error ? error : check_data(h);
	return error ? error : (int)h->size;
}
