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

PROMISE(stochastic_rounding_is_unbiased)
{
	/* Over all words that matter the mean is exact: sum of 2^s results = v. */
	for (int s = 1; s <= 10; s++) {
		for (int32_t v = -70; v <= 70; v += 7) {
			int64_t sum = 0;

			for (uint32_t r = 0; r < 1u << s; r++) {
				sum += tt_round_dithered(v, s, r << (32 - s));
			}
			promise_about("v = %d, s = %d", v, s);
			EXPECT_EQ(sum, v);
		}
	}
}

PROMISE(stochastic_rounding_keeps_zero_and_the_widest_shifts_in_range)
{
	for (int s = -50; s <= 200; s++) {
		EXPECT_EQ(tt_round_dithered(0, s, UINT32_MAX), 0);
		EXPECT(tt_round_dithered(TT_ACC_MAX, s, UINT32_MAX) >= 0);
		EXPECT(tt_round_dithered(-TT_ACC_MAX, s, 0) <= 0);
	}
	EXPECT_EQ(tt_round_dithered(TT_ACC_MAX, 30, UINT32_MAX), 1);
	EXPECT_EQ(tt_round_dithered(TT_ACC_MAX, 30, 0), 0);
	EXPECT_EQ(tt_round_dithered(-1, 40, 0), -1);
	EXPECT_EQ(tt_round_dithered(5, -2, 123), 20);
}

PROMISE(a_step_without_rounding_draws_no_random_word)
{
	uint32_t state = 99;

	EXPECT_EQ(tt_dither_begin(&state, 0), 0);
	EXPECT_EQ(tt_dither_begin(&state, -3), 0);
	EXPECT_EQ(state, 99);
	EXPECT(tt_dither_begin(&state, 1) != 0);
	EXPECT(state != 99);
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
