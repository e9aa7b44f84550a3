/* SPDX-License-Identifier: Apache-2.0 */
#include <promise.h>

#include "fixed.h"
#include "random.h"
#include "scale.h"

/* v / 2^s rounded, ties upward, in numbers too wide to overflow. */
static int64_t rounded(int64_t v, int s)
{
	return (v + ((int64_t)1 << (s - 1))) >> s;
}

PROMISE(rounding_goes_to_the_nearest_and_ties_go_upward)
{
	EXPECT_EQ(tt_round(5, 1), 3);
	EXPECT_EQ(tt_round(-5, 1), -2);
	EXPECT_EQ(tt_round(6, 2), 2);
	EXPECT_EQ(tt_round(-6, 2), -1);
	for (int s = 1; s <= 30; s++) {
		for (int32_t v = -300; v <= 300; v++) {
			EXPECT_EQ(tt_round(v, s), rounded(v, s));
		}
		EXPECT_EQ(tt_round(TT_ACC_MAX, s), rounded(TT_ACC_MAX, s));
		EXPECT_EQ(tt_round(-TT_ACC_MAX, s), rounded(-TT_ACC_MAX, s));
	}
}

PROMISE(rounding_beyond_the_word_gives_zero_and_by_nothing_gives_the_value)
{
	EXPECT_EQ(tt_round(TT_ACC_MAX, 31), 0);
	EXPECT_EQ(tt_round(-TT_ACC_MAX, 1000), 0);
	EXPECT_EQ(tt_round(-12345, 0), -12345);
}

PROMISE(a_negative_shift_multiplies_up_to_the_limit)
{
	EXPECT_EQ(tt_round(3, -4), 48);
	EXPECT_EQ(tt_round(-3, -4), -48);
	EXPECT_EQ(tt_round(0, -1000), 0);
	EXPECT_EQ(tt_round(1, -29), 1 << 29);
	EXPECT_EQ(tt_round(1, -30), TT_ACC_MAX);
	EXPECT_EQ(tt_round(-1, -30), -TT_ACC_MAX);
	EXPECT_EQ(tt_round(2, -29), TT_ACC_MAX);
	EXPECT_EQ(tt_round(-TT_ACC_MAX, -1), -TT_ACC_MAX);
	EXPECT_EQ(tt_round(TT_ACC_MAX >> 1, -1), TT_ACC_MAX - 1);
}

PROMISE(int8_is_limited_on_both_sides_alike)
{
	EXPECT_EQ(tt_clip(127), 127);
	EXPECT_EQ(tt_clip(128), 127);
	EXPECT_EQ(tt_clip(-127), -127);
	EXPECT_EQ(tt_clip(-128), -127);
	EXPECT_EQ(tt_clip(INT32_MAX), 127);
	EXPECT_EQ(tt_clip(INT32_MIN), -127);
}

PROMISE(a_bit_length_counts_the_bits_of_the_magnitude)
{
	EXPECT_EQ(tt_bitlen(0), 0);
	EXPECT_EQ(tt_bitlen(1), 1);
	EXPECT_EQ(tt_bitlen(127), 7);
	EXPECT_EQ(tt_bitlen(128), 8);
	EXPECT_EQ(tt_bitlen(UINT32_MAX), 32);
	EXPECT_EQ(tt_abs(INT32_MIN), 0x80000000u);
}

PROMISE(exponents_stop_at_a_hundred)
{
	EXPECT_EQ(tt_exp(100), 100);
	EXPECT_EQ(tt_exp(101), 100);
	EXPECT_EQ(tt_exp(-100000), -100);
}

PROMISE(the_random_words_are_those_of_xorshift32)
{
	uint32_t state = 1;

	EXPECT_EQ(tt_random(&state), 270369);
	EXPECT_EQ(tt_random(&state), 67634689);
	EXPECT_EQ(tt_random(&state), 2647435461u);
	EXPECT_EQ(state, 2647435461u);
}

/* Rounded with a carry that this test does not look at afterwards. */
static int32_t rounded_after(int32_t v, int s, uint32_t carry)
{
	return tt_round_carrying(v, s, &carry);
}

PROMISE(stochastic_rounding_is_unbiased)
{
	/* Over all carries the mean is exact: sum of 2^s results = v. */
	for (int s = 1; s <= 10; s++) {
		for (int32_t v = -70; v <= 70; v += 7) {
			int64_t sum = 0;

			for (uint32_t carry = 0; carry < 1u << s; carry++) {
				sum += rounded_after(v, s, carry);
			}
			promise_about("v = %d, s = %d", v, s);
			EXPECT_EQ(sum, v);
		}
	}
}

PROMISE(each_weight_of_a_row_is_rounded_without_bias_and_the_row_to_less_than_one_unit)
{
	static const int32_t row[] = {5, -3, 0, 700, 1, 1, -64, 13};
	enum { N = sizeof(row) / sizeof(row[0]) };

	for (int s = 1; s <= 12; s++) {
		int64_t sum[N] = {0};

		for (uint32_t first = 0; first < 1u << s; first++) {
			uint32_t carry = first;
			int64_t exact = 0, got = 0;

			for (int k = 0; k < N; k++) {
				int32_t delta = tt_round_carrying(row[k], s, &carry);

				sum[k] += delta;
				got += delta;
				exact += row[k];
			}
			EXPECT_EQ(exact + first, (got << s) + carry);
			EXPECT(carry < 1u << s);
		}
		for (int k = 0; k < N; k++) {
			promise_about("weight %d, s = %d", k, s);
			EXPECT_EQ(sum[k], row[k]);
		}
	}
}

PROMISE(stochastic_rounding_keeps_zero_and_the_widest_shifts_in_range)
{
	for (int s = -50; s <= 200; s++) {
		uint32_t largest = s <= 0 ? 0 : s < 30 ? (1u << s) - 1u : (1u << 30) - 1u;

		EXPECT_EQ(rounded_after(0, s, largest), 0);
		EXPECT(rounded_after(TT_ACC_MAX, s, largest) >= 0);
		EXPECT(rounded_after(-TT_ACC_MAX, s, 0) <= 0);
	}
	EXPECT_EQ(rounded_after(TT_ACC_MAX, 30, (1u << 30) - 1u), 1);
	EXPECT_EQ(rounded_after(TT_ACC_MAX, 30, 0), 0);
	EXPECT_EQ(rounded_after(-1, 40, 0), -1);
	EXPECT_EQ(rounded_after(5, -2, 0), 20);
}

PROMISE(a_row_begins_with_a_carry_below_one_unit_and_without_rounding_draws_no_random_word)
{
	uint32_t state = 99;

	EXPECT_EQ(tt_carry_begin(&state, 0), 0);
	EXPECT_EQ(tt_carry_begin(&state, -3), 0);
	EXPECT_EQ(state, 99);
	for (int s = 1; s <= 100; s++) {
		uint32_t before = state;

		EXPECT(tt_carry_begin(&state, s) < 1u << (s < 30 ? s : 30));
		EXPECT(state != before);
	}
}

PROMISE(a_scale_grows_at_once_when_a_value_does_not_fit)
{
	struct tintin_scale s = {.shift = 3, .held = 1, .count = 40};

	tt_scale_move(&s, 1u << 10, TT_TOLERANCE_ACTIVATION); /* 11 bits need a shift of 4 */
	EXPECT_EQ(s.shift, 4);
	EXPECT_EQ(s.held, 0);
	EXPECT_EQ(s.count, 0);
}

PROMISE(an_error_may_clip_by_two_before_its_scale_grows)
{
	struct tintin_scale s = {.shift = 3};

	tt_scale_move(&s, 1u << 10, TT_TOLERANCE_ERROR);
	EXPECT_EQ(s.shift, 3);
	EXPECT_EQ(s.held, 1);
	tt_scale_move(&s, 1u << 11, TT_TOLERANCE_ERROR);
	EXPECT_EQ(s.shift, 4);
}

static void whole_window(struct tintin_scale *s, uint32_t span)
{
	for (int i = 0; i < TT_SCALE_WINDOW; i++) {
		tt_scale_move(s, span, TT_TOLERANCE_ACTIVATION);
	}
}

PROMISE(a_scale_shrinks_after_a_window_that_left_a_bit_unused)
{
	struct tintin_scale s = {.shift = 3};

	whole_window(&s, 1u << 8);
	EXPECT_EQ(s.shift, 2);
	whole_window(&s, 1u << 8); /* 9 bits use the whole of a shift of 2 */
	EXPECT_EQ(s.shift, 2);
	EXPECT_EQ(s.count, 0);
}

PROMISE(a_scale_stays_between_its_ends)
{
	struct tintin_scale s = {.shift = TT_SCALE_MAX - 6};

	whole_window(&s, UINT32_MAX);
	EXPECT(s.shift <= TT_SCALE_MAX);
	for (int i = 0; i < 2 * TT_SCALE_MAX; i++) {
		whole_window(&s, 0);
	}
	EXPECT_EQ(s.shift, 0);
}
