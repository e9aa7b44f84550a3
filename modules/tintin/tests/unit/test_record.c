/* SPDX-License-Identifier: Apache-2.0 */
/* Damage: what is not a whole record is refused, whatever happened to it. */
#include <stdlib.h>
#include <string.h>

#include <net.h>

static struct blob named_record(const char *name)
{
	struct model m;

	EXPECT(model_named(name, &m));
	return model_record(&m);
}

static int check(const struct blob *b)
{
	return tintin_record_check(b->data, b->size);
}

PROMISE(the_crc_is_that_of_zlib)
{
	EXPECT_EQ(tintin_crc32(0, "123456789", 9), 0xcbf43926u);
	EXPECT_EQ(tintin_crc32(tintin_crc32(0, "1234", 4), "56789", 5), 0xcbf43926u);
	EXPECT_EQ(tintin_crc32(0, "", 0), 0);
}

PROMISE(every_model_of_the_tests_is_a_record)
{
	static const char *const names[] = {"tiny", "mlp", "cnn", "signal"};
	static const uint8_t bits[] = {8, 4, 0};

	for (size_t i = 0; i < 4; i++) {
		for (size_t j = 0; j < 6; j++) {
			struct model m;
			struct blob b;

			model_named(names[i], &m);
			for (unsigned int l = 0; l < m.layers; l++) {
				if (m.layer[l].fraction_bits != 0) {
					m.layer[l].fraction_bits = bits[j / 2];
				}
			}
			m.fractions = j % 2 == 0;
			b = model_record(&m);
			promise_about("%s, %u fraction bits, %s", names[i], bits[j / 2],
				      m.fractions ? "stored" : "not stored");
			EXPECT_EQ(check(&b), b.size);
			blob_free(&b);
		}
	}
}

PROMISE(a_record_may_be_followed_by_anything)
{
	struct blob b = named_record("tiny");
	struct blob longer = {.data = malloc(b.size + 61u), .size = b.size + 61u};

	memset(longer.data, 0xff, longer.size);
	memcpy(longer.data, b.data, b.size);
	EXPECT_EQ(check(&longer), b.size);
	blob_free(&longer);
	blob_free(&b);
}

PROMISE(a_record_truncated_at_any_byte_is_refused)
{
	struct blob b = named_record("cnn");

	for (size_t n = 0; n < b.size; n++) {
		struct blob cut = blob_copy(b.data, n); /* AddressSanitizer guards its end */

		promise_about("%zu of %zu bytes", n, b.size);
		EXPECT_EQ(check(&cut), n < 64 ? -ENOEXEC : -EBADMSG);
		blob_free(&cut);
	}
	blob_free(&b);
}

PROMISE(a_record_that_says_it_is_shorter_is_refused_even_with_a_right_crc)
{
	struct blob b = named_record("cnn");

	for (uint32_t n = 68; n < b.size; n++) {
		struct blob cut = blob_copy(b.data, n);
		struct tintin_header *h = (struct tintin_header *)cut.data;

		h->size = n;
		blob_seal(&cut);
		promise_about("%u bytes", n);
		EXPECT_EQ(check(&cut), n % 4 != 0 || n < 64 + 48u * h->layers + 4 ? -EBADMSG
										    : -EPROTO);
		blob_free(&cut);
	}
	blob_free(&b);
}

PROMISE(a_record_with_a_tail_that_nothing_accounts_for_is_refused)
{
	struct blob b = named_record("tiny");
	struct blob longer = {.data = calloc(1, b.size + 4u), .size = b.size + 4u};

	memcpy(longer.data, b.data, b.size);
	((struct tintin_header *)longer.data)->size += 4u;
	blob_seal(&longer);
	EXPECT_EQ(check(&longer), -EPROTO);
	blob_free(&longer);
	blob_free(&b);
}

static void flip_every_bit(const char *name)
{
	struct blob b = named_record(name);

	for (size_t bit = 0; bit < 8u * b.size; bit++) {
		b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		promise_about("%s, bit %zu of byte %zu", name, bit % 8, bit / 8);
		EXPECT(check(&b) < 0);
		b.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	EXPECT_EQ(check(&b), b.size);
	blob_free(&b);
}

PROMISE(a_record_with_any_single_bit_flipped_is_refused)
{
	flip_every_bit("tiny");
	flip_every_bit("cnn");
}

PROMISE(what_is_foreign_is_no_record)
{
	static const char *const foreign[] = {"\x7f" "ELF", "TTIM", "TTI", "", "NTIT"};

	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		struct blob b = {.data = calloc(1, 256), .size = 256};

		strcpy((char *)b.data, foreign[i]);
		EXPECT_EQ(check(&b), -ENOEXEC);
		blob_free(&b);
	}
}

PROMISE(empty_flash_is_no_record)
{
	struct blob b = {.data = malloc(512), .size = 512};

	memset(b.data, 0xff, b.size);
	EXPECT_EQ(check(&b), -ENOEXEC);
	memset(b.data, 0, b.size);
	EXPECT_EQ(check(&b), -ENOEXEC);
	blob_free(&b);
}

PROMISE(a_newer_record_is_called_newer_and_not_damaged)
{
	struct blob b = named_record("tiny");
	struct tintin_header *h = (struct tintin_header *)b.data;

	h->version = TINTIN_RECORD_VERSION + 1u;
	EXPECT_EQ(check(&b), -ENOTSUP); /* its CRC may be anywhere: not looked at */
	blob_seal(&b);
	EXPECT_EQ(check(&b), -ENOTSUP);
	blob_free(&b);
}

PROMISE(a_record_that_is_not_aligned_is_refused)
{
	struct blob b = named_record("tiny");
	uint8_t *room = malloc(b.size + 4u);

	for (unsigned int shift = 1; shift < 4; shift++) {
		memcpy(room + shift, b.data, b.size);
		EXPECT_EQ(tintin_record_check(room + shift, b.size), -EINVAL);
	}
	free(room);
	blob_free(&b);
}

PROMISE(a_refused_record_opens_no_network_and_leaves_the_arena_alone)
{
	struct blob b = named_record("tiny");
	struct tintin_options options = {.train = TINTIN_TRAIN_ALL};
	uint8_t room[4096] __attribute__((aligned(4)));
	struct tintin_arena arena = {.base = room, .size = sizeof(room)};
	struct tintin net;
	size_t need;

	memset(room, 0x5a, sizeof(room));
	b.data[b.size / 2] ^= 4u;
	EXPECT_EQ(tintin_open(&net, b.data, b.size, &options, &arena), -EBADMSG);
	EXPECT_EQ(tintin_arena_size(b.data, b.size, &options, &need), -EBADMSG);
	for (size_t i = 0; i < sizeof(room); i++) {
		EXPECT_EQ(room[i], 0x5a);
	}
	blob_free(&b);
}
