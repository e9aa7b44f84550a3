/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <promise.h>
#include <tintin/tintin.h>

#include "loss.h"

#define CLASSES 5

PROMISE(equal_logits_are_equally_probable)
{
	int32_t z[CLASSES] = {-7, -7, -7, -7, -7};
	struct tintin_prediction p = tt_softmax(z, CLASSES, 0);

	EXPECT_EQ(p.label, 0);
	for (int i = 0; i < CLASSES; i++) {
		EXPECT(z[i] >= 32768 / CLASSES - 2 && z[i] <= 32768 / CLASSES + 1);
	}
}

PROMISE(the_first_of_equal_largest_logits_wins)
{
	int32_t z[CLASSES] = {1, 900, 3, 900, 5};

	EXPECT_EQ(tt_softmax(z, CLASSES, -10).label, 1);
}

PROMISE(probabilities_stay_sane_for_any_logits_and_exponent)
{
	const int32_t limit = (1 << 30) + (1 << 29);

	for (int exp = -100; exp <= 100; exp++) {
		int32_t z[CLASSES] = {-limit, limit, 0, limit - 1, -1};
		int32_t sum = 0;
		struct tintin_prediction p = tt_softmax(z, CLASSES, exp);

		for (int i = 0; i < CLASSES; i++) {
			EXPECT(z[i] >= 0 && z[i] <= 32768);
			sum += z[i];
		}
		EXPECT_EQ(p.label, 1);
		EXPECT_EQ(p.confidence, z[1]);
		EXPECT(sum <= 32768 && sum >= 32768 - 2 * CLASSES);
	}
}

PROMISE(a_softmax_of_one_certain_class_is_certain)
{
	int32_t z[2] = {100, -100};

	EXPECT(tt_softmax(z, 2, 0).confidence >= 32766);
	EXPECT_EQ(z[1], 0);
}

PROMISE(e_to_the_minus_t_is_within_one_part_in_a_thousand)
{
	/* Two classes t apart, t in steps of 1/8: p = 1 / (1 + e^-t), in Q15, rounded. */
	static const uint16_t want[] = {16384, 17407, 18421, 19420, 20397, 21344, 22255, 23127,
					23955, 24737, 25471, 26155, 26790, 27377, 27917, 28411};

	for (int i = 0; i < 16; i++) {
		int32_t z[2] = {i, 0};
		int p = tt_softmax(z, 2, -3).confidence;

		promise_about("t = %d / 8: %d", i, p);
		EXPECT(p > want[i] - 33 && p < want[i] + 33);
	}
}

PROMISE(the_error_is_probability_minus_truth)
{
	int32_t p[3] = {16384, 8192, 8192};
	int8_t error[3];
	bool any;
	struct tt_loss loss = {.probability = p, .n = 3, .label = 0, .rate_mantissa = 8};
	int16_t exp = tt_loss_error(&loss, error, &any);

	EXPECT(any);
	EXPECT_EQ(exp, -18 + 11); /* 2^17 has 18 bits */
	EXPECT_EQ(error[0], -64);
	EXPECT_EQ(error[1], 32);
	EXPECT_EQ(error[2], 32);
}

PROMISE(a_certain_and_right_prediction_leaves_no_error)
{
	int32_t p[3] = {0, 32768, 0};
	int8_t error[3] = {1, 1, 1};
	bool any = true;
	struct tt_loss loss = {.probability = p, .n = 3, .label = 1, .rate_mantissa = 15};

	tt_loss_error(&loss, error, &any);
	EXPECT(!any);
}

PROMISE(a_rate_in_millionths_becomes_the_nearest_mantissa_and_shift)
{
	static const struct {
		uint32_t millionths;
		struct tintin_rate rate;
	} want[] = {
		{31250, {8, 5}},     {100000, {13, 4}}, {1000000, {8, 0}}, {999999, {8, 0}},
		{1, {8, 20}},        {10, {10, 17}},    {3000, {12, 9}},   {256000000, {8, -8}},
		{255999999, {8, -8}}, {2000000, {8, -1}}, {60000, {15, 5}},
	};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		struct tintin_rate rate;

		promise_about("%u millionths", want[i].millionths);
		EXPECT_EQ(tintin_rate_from_millionths(want[i].millionths, &rate), 0);
		EXPECT_EQ(rate.mantissa, want[i].rate.mantissa);
		EXPECT_EQ(rate.shift, want[i].rate.shift);
	}
}

PROMISE(a_rate_that_cannot_be_is_refused)
{
	struct tintin_rate rate;

	EXPECT_EQ(tintin_rate_from_millionths(0, &rate), -EINVAL);
	EXPECT_EQ(tintin_rate_from_millionths(256000001, &rate), -EINVAL);
	EXPECT_EQ(tintin_rate_from_millionths(UINT32_MAX, &rate), -EINVAL);
}

PROMISE(every_error_has_a_reason_of_its_own)
{
	static const int errors[] = {
		0,	  -EINVAL,  -EDOM,   -EPERM,  -EBUSY,  -ENOMEM, -ENOEXEC, -ENOTSUP,
		-EBADMSG, -EPROTO,  -ERANGE, -ESTALE, -ENOENT, -ENOSPC, -EIO,	  -12345,
	};
	size_t n = sizeof(errors) / sizeof(errors[0]);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < i; j++) {
			EXPECT(strcmp(tintin_reason(errors[i]), tintin_reason(errors[j])) != 0);
		}
	}
}
