/* SPDX-License-Identifier: Apache-2.0 */
#include "net.h"

#include <stdlib.h>
#include <string.h>

struct net net_open(const struct blob *record, const struct tintin_options *options)
{
	struct net net = {.record = blob_copy(record->data, record->size)};

	EXPECT_EQ(tintin_arena_size(net.record.data, net.record.size, options, &net.arena.size), 0);
	net.arena.base = malloc(net.arena.size);
	memset(net.arena.base, 0xa5, net.arena.size);
	EXPECT_EQ(tintin_open(&net.tintin, net.record.data, net.record.size, options, &net.arena),
		  0);
	return net;
}

struct net net_named(const char *name, const struct tintin_options *options)
{
	struct model m;
	struct blob record;
	struct net net;

	EXPECT(model_named(name, &m));
	record = model_record(&m);
	net = net_open(&record, options);
	blob_free(&record);
	return net;
}

void net_close(struct net *net)
{
	free(net->arena.base);
	blob_free(&net->record);
}

uint16_t net_sample(const struct tintin *net, uint32_t i, int8_t *x)
{
	size_t n = tintin_input_length(net);
	uint16_t label = (uint16_t)(model_hash(i) % net->record->classes);

	for (size_t k = 0; k < n; k++) {
		int32_t pattern = (int32_t)(model_hash(label * 131071u + (uint32_t)k) % 161u) - 80;
		int32_t noise = (int32_t)(model_hash(i * 8191u + (uint32_t)k) % 61u) - 30;
		int32_t limit = pattern < 0 ? INT8_MIN : INT8_MAX;

		x[k] = (int8_t)(i % 16u == 7 ? limit : pattern + noise);
	}
	return label;
}

void net_learn(struct tintin *net, uint32_t end)
{
	size_t n = tintin_input_length(net);
	int8_t *x = malloc(n);

	while (net->step < end) {
		uint16_t label = net_sample(net, net->step, x);

		EXPECT_EQ(tintin_learn(net, x, n, label, NULL), 0);
	}
	free(x);
}

static int append(void *context, const void *data, size_t n)
{
	struct blob *blob = context;

	memcpy(blob->data + blob->size, data, n);
	blob->size += n;
	return 0;
}

struct blob net_save(const struct tintin *net)
{
	struct blob blob = {.data = malloc(tintin_save_size(net))};
	struct tintin_sink sink = {.write = append, .context = &blob};

	EXPECT_EQ(tintin_save(net, &sink), 0);
	EXPECT_EQ(blob.size, tintin_save_size(net));
	return blob;
}

bool blob_equal(const struct blob *a, const struct blob *b)
{
	return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

void net_expect_equal(const struct tintin *a, const struct tintin *b)
{
	struct blob one = net_save(a), other = net_save(b);
	bool equal = blob_equal(&one, &other);

	blob_free(&one);
	blob_free(&other);
	EXPECT(equal);
}
