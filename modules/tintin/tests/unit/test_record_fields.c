/* SPDX-License-Identifier: Apache-2.0 */
/* Lies: a record whose checksums are right and whose contents contradict each other or SPEC.md. */
#include <string.h>

#include <net.h>

#define ENTRY(l, field) (64u + 32u * (l) + offsetof(struct tintin_layer_entry, field))
#define STATE(l, field)                                                                            \
	(64u + 32u * CNN_LAYERS + 16u * (l) + offsetof(struct tintin_layer_state, field))
#define HEADER(field) offsetof(struct tintin_header, field)

/* The model "cnn": conv, max pool, conv, average pool, dense, dense. */
enum { CONV, MAX_POOL, CONV_2, AVG_POOL, HIDDEN, LAST, CNN_LAYERS };

struct lie {
	const char *what;
	size_t offset;
	unsigned int bytes;
	int32_t value;
	int error;
};

static void set(struct blob *b, size_t offset, unsigned int bytes, int32_t value)
{
	memcpy(b->data + offset, &value, bytes);
}

static void expect_refused(const struct lie *lies, size_t n)
{
	struct model m;
	struct blob honest;

	EXPECT(model_named("cnn", &m));
	honest = model_record(&m);
	for (size_t i = 0; i < n; i++) {
		struct blob b = blob_copy(honest.data, honest.size);

		set(&b, lies[i].offset, lies[i].bytes, lies[i].value);
		blob_seal(&b);
		promise_about("%s = %d", lies[i].what, lies[i].value);
		EXPECT_EQ(tintin_record_check(b.data, b.size), lies[i].error);
		blob_free(&b);
	}
	blob_free(&honest);
}

#define EXPECT_REFUSED(lies) expect_refused(lies, sizeof(lies) / sizeof((lies)[0]))
#define LIE(field_at, bytes, value, error) {#field_at, field_at, bytes, value, error}

PROMISE(a_header_out_of_range_is_refused)
{
	static const struct lie lies[] = {
		LIE(HEADER(layers), 1, 0, -EPROTO),
		LIE(HEADER(input_exp), 1, 41, -EPROTO),
		LIE(HEADER(input_exp), 1, -41, -EPROTO),
		LIE(HEADER(input.h), 2, 0, -EPROTO),
		LIE(HEADER(input.w), 2, 0, -EPROTO),
		LIE(HEADER(input.c), 2, 0, -EPROTO),
		LIE(HEADER(input.h), 2, 65535, -EPROTO),
		LIE(HEADER(classes), 2, 1, -EPROTO),
		LIE(HEADER(classes), 2, 5, -EPROTO),
		LIE(HEADER(classes), 2, 65535, -EPROTO),
		LIE(HEADER(rng), 4, 0, -EPROTO),
		LIE(HEADER(rate_mantissa), 1, 7, -EPROTO),
		LIE(HEADER(rate_mantissa), 1, 16, -EPROTO),
		LIE(HEADER(rate_shift), 1, -9, -EPROTO),
		LIE(HEADER(rate_shift), 1, 25, -EPROTO),
	};

	EXPECT_REFUSED(lies);
}

PROMISE(more_layers_than_the_format_allows_are_refused)
{
	struct model m = model_begin(1, 1, 2);
	struct blob b;
	struct tintin_header *h;

	while (m.layers < TINTIN_MAX_LAYERS) {
		model_dense(&m, 2, false);
	}
	b = model_record(&m);
	EXPECT_EQ(tintin_record_check(b.data, b.size), b.size);
	h = (struct tintin_header *)b.data;
	h->layers = TINTIN_MAX_LAYERS + 1u;
	blob_seal(&b);
	EXPECT_EQ(tintin_record_check(b.data, b.size), -EPROTO);
	blob_free(&b);
}

PROMISE(every_reserved_byte_must_be_zero)
{
	struct model m;
	struct blob b;

	EXPECT(model_named("cnn", &m));
	b = model_record(&m);
	for (size_t at = 38; at < b.size; at++) {
		size_t entry = at - 64, state = at - 64 - 32u * CNN_LAYERS;
		bool reserved = at < 64;

		if (at >= 64 && entry < 32u * CNN_LAYERS) {
			reserved = entry % 32 == 3 || entry % 32 == 14 || entry % 32 == 15 ||
				   entry % 32 >= 22;
		} else if (at >= 64 && state < 16u * CNN_LAYERS) {
			reserved = state % 16 == 3 || state % 16 == 7 || state % 16 >= 11;
		}
		if (reserved) {
			promise_about("byte %zu", at);
			b.data[at] = 0x80;
			blob_seal(&b);
			EXPECT_EQ(tintin_record_check(b.data, b.size), -EPROTO);
			b.data[at] = 0;
		}
	}
	blob_free(&b);
}

PROMISE(a_shape_hash_that_does_not_match_is_refused)
{
	struct model m;
	struct blob b;
	uint32_t crc;

	EXPECT(model_named("tiny", &m));
	b = model_record(&m);
	b.data[HEADER(shape_hash)] ^= 1u;
	crc = model_crc32(0, b.data, b.size - 4u);
	memcpy(b.data + b.size - 4u, &crc, 4);
	EXPECT_EQ(tintin_record_check(b.data, b.size), -EPROTO);
	blob_free(&b);
}

PROMISE(a_layer_kind_that_this_build_lacks_is_not_supported)
{
	static const struct lie lies[] = {
		LIE(ENTRY(CONV, kind), 1, 0, -ENOTSUP),
		LIE(ENTRY(MAX_POOL, kind), 1, 5, -ENOTSUP),
		LIE(ENTRY(LAST, kind), 1, 255, -ENOTSUP),
	};

	EXPECT_REFUSED(lies);
}

PROMISE(shapes_that_do_not_follow_from_one_another_are_refused)
{
	static const struct lie lies[] = {
		LIE(ENTRY(CONV, out.h), 2, 9, -EPROTO),
		LIE(ENTRY(CONV, out.w), 2, 8, -EPROTO),
		LIE(ENTRY(CONV, out.c), 2, 6, -EPROTO),
		LIE(ENTRY(CONV, out.c), 2, 0, -EPROTO),
		LIE(ENTRY(CONV, out.c), 2, 65535, -EPROTO),
		LIE(ENTRY(MAX_POOL, out.h), 2, 5, -EPROTO),
		LIE(ENTRY(MAX_POOL, out.w), 2, 3, -EPROTO),
		LIE(ENTRY(MAX_POOL, out.c), 2, 4, -EPROTO),
		LIE(ENTRY(CONV_2, out.h), 2, 65535, -EPROTO),
		LIE(ENTRY(AVG_POOL, out.c), 2, 1, -EPROTO),
		LIE(ENTRY(AVG_POOL, out.h), 2, 1, -EPROTO),
		LIE(ENTRY(HIDDEN, out.h), 2, 2, -EPROTO),
		LIE(ENTRY(HIDDEN, out.w), 2, 2, -EPROTO),
		LIE(ENTRY(LAST, out.c), 2, 3, -EPROTO),
		LIE(HEADER(input.h), 2, 8, -EPROTO),
		LIE(HEADER(input.c), 2, 3, -EPROTO),
	};

	EXPECT_REFUSED(lies);
}

PROMISE(windows_that_cannot_be_are_refused)
{
	static const struct lie lies[] = {
		LIE(ENTRY(CONV, kernel_h), 2, 0, -EPROTO),
		LIE(ENTRY(CONV, kernel_w), 2, 65535, -EPROTO),
		LIE(ENTRY(CONV, kernel_h), 2, 200, -EPROTO),
		LIE(ENTRY(CONV, stride_h), 1, 0, -EPROTO),
		LIE(ENTRY(MAX_POOL, stride_w), 1, 0, -EPROTO),
		LIE(ENTRY(CONV, pad_left), 1, 3, -EPROTO),
		LIE(ENTRY(CONV, pad_top), 1, 255, -EPROTO),
		LIE(ENTRY(MAX_POOL, pad_bottom), 1, 2, -EPROTO),
		LIE(ENTRY(AVG_POOL, pad_right), 1, 1, -EPROTO),
		LIE(ENTRY(HIDDEN, kernel_h), 2, 1, -EPROTO),
		LIE(ENTRY(HIDDEN, stride_w), 1, 1, -EPROTO),
		LIE(ENTRY(LAST, pad_top), 1, 1, -EPROTO),
	};

	EXPECT_REFUSED(lies);
}

/* A window could then lie in the padding alone. */
PROMISE(padding_as_wide_as_the_window_is_refused)
{
	static const struct model_window windows[] = {
		{2, 3, .pad_top = 2},
		{2, 3, .pad_bottom = 2},
		{2, 3, .pad_left = 3},
		{2, 3, .pad_right = 3},
	};

	for (int i = 0; i < 8; i++) {
		struct model m = model_begin(4, 4, 1);
		struct blob b;

		if (i % 2) {
			model_conv(&m, 2, windows[i / 2], false);
		} else {
			model_max_pool(&m, windows[i / 2]);
		}
		model_dense(&m, 2, false);
		b = model_record(&m);
		EXPECT_EQ(tintin_record_check(b.data, b.size), -EPROTO);
		blob_free(&b);
	}
}

PROMISE(flags_and_fraction_bits_without_a_meaning_are_refused)
{
	static const struct lie lies[] = {
		LIE(ENTRY(CONV, flags), 1, 4, -EPROTO),
		LIE(ENTRY(AVG_POOL, flags), 1, TINTIN_LAYER_BOUNDED, -EPROTO),
		LIE(ENTRY(MAX_POOL, flags), 1, 1, -EPROTO),
		LIE(ENTRY(LAST, flags), 1, 1, -EPROTO),
		LIE(ENTRY(CONV, fraction_bits), 1, 7, -EPROTO),
		LIE(ENTRY(LAST, fraction_bits), 1, 16, -EPROTO),
		LIE(ENTRY(AVG_POOL, fraction_bits), 1, 8, -EPROTO),
	};

	EXPECT_REFUSED(lies);
}

PROMISE(a_network_that_does_not_end_in_a_dense_layer_is_refused)
{
	struct model m = model_begin(1, 8, 2);
	struct blob b;

	model_conv(&m, 3, (struct model_window){.kernel_h = 1, .kernel_w = 8}, false);
	b = model_record(&m);
	EXPECT_EQ(tintin_record_check(b.data, b.size), -EPROTO);
	blob_free(&b);
}

PROMISE(layer_state_out_of_range_is_refused)
{
	static const struct lie lies[] = {
		LIE(STATE(CONV, activation.shift), 1, 31, -EPROTO),
		LIE(STATE(CONV, activation.held), 1, 2, -EPROTO),
		LIE(STATE(CONV, activation.count), 1, 64, -EPROTO),
		LIE(STATE(LAST, error.shift), 1, 31, -EPROTO),
		LIE(STATE(LAST, error.held), 1, 255, -EPROTO),
		LIE(STATE(LAST, error.count), 1, 128, -EPROTO),
		LIE(STATE(CONV_2, weight_exp), 1, 11, -EPROTO),
		LIE(STATE(CONV_2, weight_exp), 1, -21, -EPROTO),
		LIE(STATE(CONV_2, weight_bits), 1, 16, -EPROTO),
		LIE(STATE(AVG_POOL, weight_bits), 1, 8, -EPROTO),
		LIE(STATE(HIDDEN, fraction_stored), 1, 2, -EPROTO),
		LIE(STATE(HIDDEN, fraction_stored), 1, 0, -EPROTO), /* the sizes no longer add up */
	};

	EXPECT_REFUSED(lies);
}

PROMISE(weights_and_biases_out_of_range_are_refused)
{
	const uint32_t bias = 64u + 48u * CNN_LAYERS, weight = bias + 4u * 5u;
	const struct lie lies[] = {
		{"a bias", bias, 4, (1 << 28) + 1, -EPROTO},
		{"a bias", bias + 16, 4, -(1 << 28) - 1, -EPROTO},
		{"a bias", bias, 4, INT32_MIN, -EPROTO},
		{"a weight", weight, 1, -128, -EPROTO},
		{"a weight", weight + 3u * 3u * 2u * 5u - 1u, 1, -128, -EPROTO},
	};

	EXPECT_REFUSED(lies);
}

PROMISE(limits_themselves_are_accepted)
{
	static const struct lie edges[] = {
		LIE(HEADER(input_exp), 1, 40, 0),
		LIE(HEADER(input_exp), 1, -40, 0),
		LIE(HEADER(rate_mantissa), 1, 15, 0),
		LIE(HEADER(rate_shift), 1, -8, 0),
		LIE(HEADER(rate_shift), 1, 24, 0),
		LIE(HEADER(step), 4, -1, 0),
		LIE(STATE(CONV, activation.shift), 1, 30, 0),
		LIE(STATE(CONV, activation.count), 1, 63, 0),
		LIE(STATE(CONV, weight_exp), 1, 10, 0),
		LIE(STATE(CONV, weight_exp), 1, -20, 0),
		LIE(STATE(CONV, weight_bits), 1, 15, 0),
	};
	struct model m;
	struct blob honest;

	EXPECT(model_named("cnn", &m));
	honest = model_record(&m);
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		struct blob b = blob_copy(honest.data, honest.size);

		set(&b, edges[i].offset, edges[i].bytes, edges[i].value);
		blob_seal(&b);
		promise_about("%s = %d", edges[i].what, edges[i].value);
		EXPECT_EQ(tintin_record_check(b.data, b.size), b.size);
		blob_free(&b);
	}
	blob_free(&honest);
}
