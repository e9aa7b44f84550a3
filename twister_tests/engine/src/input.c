/* SPDX-License-Identifier: Apache-2.0 */
/* Values of a sensor to readings, readings to windows. */
#include <zephyr/ztest.h>

#include "input.h"
#include "scale.h"
#include "wake.h"

static int16_t scaled(struct scale scale, int32_t units, int32_t millionths)
{
	const struct sensor_value value = {.val1 = units, .val2 = millionths};

	scale.low = INPUT_LOW;
	scale.high = INPUT_HIGH;
	return scale_value(&scale, &value);
}

ZTEST(input, test_pixels_are_shifted_left)
{
	const struct scale f = {.per_unit = 1, .shift = 2};

	zassert_equal(scaled(f, 0, 0), 0);
	zassert_equal(scaled(f, 16, 0), 64);
}

ZTEST(input, test_readings_are_centred_and_shifted_right)
{
	const struct scale f = {.per_unit = 1, .offset = 2048, .shift = -4};

	zassert_equal(scaled(f, 2048, 0), 0);
	zassert_equal(scaled(f, 4095, 0), 127);
	zassert_equal(scaled(f, 0, 0), -127); /* -128 is no feature */
	zassert_equal(scaled(f, 2047, 0), -1);
}

ZTEST(input, test_fractions_count_in_thousandths_and_millionths)
{
	const struct scale milli = {.per_unit = 1000, .shift = -7};
	const struct scale micro = {.per_unit = 1000000};

	zassert_equal(scaled(milli, -9, -806650), -77);
	zassert_equal(scaled(micro, 0, 42), 42);
}

ZTEST(input, test_extremes_are_limited)
{
	const struct scale f = {.per_unit = 1000000, .offset = INT32_MIN, .shift = 31};

	zassert_equal(scaled(f, INT32_MAX, 999999), 127);
	zassert_equal(scaled(f, INT32_MIN, -999999), -127);
}

ZTEST(input, test_16_bits_are_kept_whole_for_front_ends)
{
	const struct scale s = {.per_unit = 1000, .low = INT16_MIN, .high = INT16_MAX};
	const struct sensor_value low = {.val1 = -32, .val2 = -768000}, high = {.val1 = 33};

	zassert_equal(scale_value(&s, &low), INT16_MIN);
	zassert_equal(scale_value(&s, &high), INT16_MAX);
}

ZTEST(input, test_a_window_is_complete_once_and_then_begins_anew)
{
	const int16_t first[] = {1, 2}, second[] = {3, -4}, third[] = {5, 6};

	zassert_ok(input_open());
	zassert_equal(input_length(), 4);
	zassert_false(input_push(first));
	zassert_equal(input_filled(), 2);
	zassert_true(input_push(second));
	zassert_equal(input_vector().n, 4);
	zassert_equal(input_vector().x[3], -4);
	zassert_equal(input_filled(), 0);
	zassert_false(input_push(third));
	zassert_equal(input_vector().x[0], 5);
	zassert_equal(input_restart(), 2);
	zassert_false(input_push(first));
	zassert_equal(input_vector().x[0], 1);
}

static bool awake_after(const int16_t (*readings)[2], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		wake_reading(readings[i]);
	}
	return wake_verdict();
}

ZTEST(input, test_a_vector_in_which_nothing_moves_is_not_looked_at)
{
	static const int16_t still[][2] = {{100, 5}, {102, 4}, {100, 7}, {102, 5}};
	static const int16_t moving[][2] = {{102, 5}, {102, 9}, {102, 5}, {102, 9}};
	static const int16_t wild[][2] = {{INT16_MIN, 0}, {INT16_MAX, 0}};

	wake_restart();
	zassert_false(awake_after(still, ARRAY_SIZE(still)));
	zassert_true(awake_after(moving, ARRAY_SIZE(moving)), "one of the channels is enough");
	wake_restart();
	zassert_false(awake_after(still, ARRAY_SIZE(still)));
	wake_restart();
	zassert_true(awake_after(wild, ARRAY_SIZE(wild)));
	wake_restart();
	zassert_true(awake_after(still, 1), "a single reading has nothing before it");
	zassert_false(awake_after(&still[1], 1));
	zassert_true(awake_after(&wild[1], 1), "a later one is compared with the one before");
}

ZTEST_SUITE(input, NULL, NULL, NULL, NULL, NULL);
