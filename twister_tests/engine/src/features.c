/* SPDX-License-Identifier: Apache-2.0 */
/* Readings to features, features to windows. */
#include <zephyr/ztest.h>

#include "features.h"
#include "window.h"

static int8_t feature(const struct features *f, int32_t units, int32_t millionths)
{
	const struct sensor_value value = {.val1 = units, .val2 = millionths};

	return features_of(f, &value);
}

ZTEST(features, test_pixels_are_shifted_left)
{
	const struct features f = {.per_unit = 1, .shift = 2};

	zassert_equal(feature(&f, 0, 0), 0);
	zassert_equal(feature(&f, 16, 0), 64);
}

ZTEST(features, test_readings_are_centred_and_shifted_right)
{
	const struct features f = {.per_unit = 1, .offset = 2048, .shift = -4};

	zassert_equal(feature(&f, 2048, 0), 0);
	zassert_equal(feature(&f, 4095, 0), 127);
	zassert_equal(feature(&f, 0, 0), -127); /* -128 is no feature */
	zassert_equal(feature(&f, 2047, 0), -1);
}

ZTEST(features, test_fractions_count_in_thousandths_and_millionths)
{
	const struct features milli = {.per_unit = 1000, .shift = -7};
	const struct features micro = {.per_unit = 1000000};

	zassert_equal(feature(&milli, -9, -806650), -77);
	zassert_equal(feature(&micro, 0, 42), 42);
}

ZTEST(features, test_extremes_are_limited)
{
	const struct features f = {.per_unit = 1000000, .offset = INT32_MIN, .shift = 31};

	zassert_equal(feature(&f, INT32_MAX, 999999), 127);
	zassert_equal(feature(&f, INT32_MIN, -999999), -127);
}

ZTEST(features, test_a_window_is_complete_once_and_then_begins_anew)
{
	int8_t memory[3];
	struct window window = {.features = memory, .length = 3};

	zassert_false(window_push(&window, 1));
	zassert_false(window_push(&window, 2));
	zassert_true(window_push(&window, 3));
	zassert_false(window_push(&window, 4));
	zassert_equal(memory[0], 4);
	zassert_equal(window_restart(&window), 1);
	zassert_false(window_push(&window, 5));
	zassert_equal(memory[0], 5);
}

ZTEST_SUITE(features, NULL, NULL, NULL, NULL, NULL);
