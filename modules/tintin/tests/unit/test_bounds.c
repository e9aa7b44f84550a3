/* SPDX-License-Identifier: Apache-2.0 */
/* The overflow bounds of DESIGN.md: a network beyond them does not open, one at them computes. */
#include <stdlib.h>
#include <string.h>

#include <net.h>

static int check(const struct model *m)
{
	struct blob b = model_record(m);
	int result = tintin_record_check(b.data, b.size);

	blob_free(&b);
	return result < 0 ? result : 0;
}

PROMISE(a_dense_layer_of_more_than_32768_inputs_is_refused)
{
	struct model m = model_begin(1, 1, 32769), most = model_begin(1, 1, 32768);

	model_dense(&m, 2, false);
	EXPECT_EQ(check(&m), -ERANGE);
	model_dense(&most, 2, false);
	EXPECT_EQ(check(&most), 0);
}

PROMISE(a_filter_of_more_than_32768_weights_is_refused)
{
	struct model m = model_begin(182, 181, 1);

	model_conv(&m, 1, (struct model_window){.kernel_h = 182, .kernel_w = 181}, false);
	model_dense(&m, 2, false);
	EXPECT_EQ(check(&m), -ERANGE);
}

PROMISE(an_error_of_more_than_66572_terms_is_refused)
{
	struct model_window window = {.kernel_h = 100, .kernel_w = 100};
	struct model m = model_begin(100, 100, 1), fewer = model_begin(100, 100, 1);

	model_conv(&m, 7, window, false); /* 70,000 */
	model_dense(&m, 2, false);
	EXPECT_EQ(check(&m), -ERANGE);
	model_conv(&fewer, 6, window, false);
	model_dense(&fewer, 2, false);
	EXPECT_EQ(check(&fewer), 0);
}

PROMISE(an_average_over_more_than_32768_values_is_refused)
{
	struct model m = model_begin(182, 181, 1), most = model_begin(128, 256, 1);

	model_avg_pool(&m, (struct model_window){.kernel_h = 182, .kernel_w = 181}, false);
	model_dense(&m, 2, false);
	EXPECT_EQ(check(&m), -ERANGE);
	model_avg_pool(&most, (struct model_window){.kernel_h = 128, .kernel_w = 256}, false);
	model_dense(&most, 2, false);
	EXPECT_EQ(check(&most), 0);
}

PROMISE(a_tensor_of_more_than_65535_values_is_refused)
{
	struct model m = model_begin(256, 256, 1);

	model_avg_pool(&m, (struct model_window){.kernel_h = 128, .kernel_w = 128}, false);
	model_dense(&m, 2, false);
	EXPECT_EQ(check(&m), -EPROTO);
}

/* Learn and predict from samples at the limits of int8. UBSan tells of any overflow. */
static void endure(const struct blob *record, uint8_t batch_log2)
{
	struct tintin_options options = {.train = TINTIN_TRAIN_ALL, .batch_log2 = batch_log2};
	struct net net = net_open(record, &options);
	size_t n = tintin_input_length(&net.tintin);
	int8_t *x = malloc(n);

	for (uint16_t i = 0; i < 6; i++) {
		struct tintin_prediction p;

		memset(x, i % 2 ? INT8_MAX : INT8_MIN, n);
		EXPECT_EQ(tintin_learn(&net.tintin, x, n, i / 2 % 2, NULL), 0);
		EXPECT_EQ(tintin_predict(&net.tintin, x, n, &p), 0);
	}
	free(x);
	net_close(&net);
}

/* The worst that a record may hold, at both ends of every range. */
static void endure_all(struct model *m)
{
	static const int8_t weights[] = {127, -127};
	static const int32_t biases[] = {1 << 28, -(1 << 28)};

	m->fractions = false;
	for (int i = 0; i < 8; i++) {
		struct blob b;

		m->input_exp = i & 1 ? 40 : -40;
		m->rate_shift = i & 1 ? -8 : 24;
		m->rate_mantissa = 15;
		m->weight = weights[i >> 1 & 1];
		m->bias = biases[i >> 2 & 1];
		b = model_record(m);
		promise_about("case %d", i);
		endure(&b, i % 3 == 0 ? 6 : 0);
		blob_free(&b);
	}
}

PROMISE(nothing_overflows_in_the_widest_dense_layer)
{
	struct model m = model_begin(1, 1, 32768);

	model_dense(&m, 2, false);
	endure_all(&m);
}

PROMISE(nothing_overflows_in_the_widest_error)
{
	struct model m = model_begin(1, 1, 2);

	model_dense(&m, 65535, false);
	m.layer[0].out = m.last = (struct tintin_shape){1, 1, 16000};
	model_dense(&m, 3, true);
	model_dense(&m, 2, false);
	endure_all(&m);
}

PROMISE(nothing_overflows_in_the_gradient_of_the_largest_plane)
{
	struct model m = model_begin(255, 257, 1);

	model_conv(&m, 1, (struct model_window){.kernel_h = 1, .kernel_w = 1}, false);
	model_avg_pool(&m, (struct model_window){.kernel_h = 127, .kernel_w = 255, .stride_h = 128},
		       false);
	model_dense(&m, 2, false);
	endure_all(&m);
}

PROMISE(nothing_overflows_in_the_widest_filters)
{
	struct model m = model_begin(18, 18, 32);

	model_conv(&m, 3, (struct model_window){.kernel_h = 3, .kernel_w = 3, .pad_top = 2}, true);
	model_conv(&m, 100, (struct model_window){.kernel_h = 18, .kernel_w = 16}, false);
	model_dense(&m, 2, false);
	endure_all(&m);
}
