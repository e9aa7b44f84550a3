/* SPDX-License-Identifier: Apache-2.0 */
/* What the front ends say of windows whose answer is known without them. */

#include <promise.h>
#include <tintin/error.h>
#include <tintin/features.h>

#include "features/integer.h"

static struct tintin_series over(const int16_t *values, uint16_t length)
{
	return (struct tintin_series){values, length, 1};
}

static void expect_statistics(const int16_t *values, uint16_t length, const int16_t want[7])
{
	struct tintin_series s = over(values, length);
	int16_t got[7];

	EXPECT_EQ(tintin_statistics(&s, TINTIN_STATISTICS_ALL, got), 7);
	for (int i = 0; i < 7; i++) {
		promise_about("statistic %d", i);
		EXPECT_EQ(got[i], want[i]);
	}
}

PROMISE(a_root_is_rounded_down)
{
	const uint32_t squares[] = {0, 1, 4, 9, 65536, 4294836225u};
	const uint32_t roots[] = {0, 1, 2, 3, 256, 65535};

	for (int i = 0; i < 6; i++) {
		EXPECT_EQ(tt_root(squares[i]), roots[i]);
		EXPECT_EQ(tt_root(squares[i] + 1u), roots[i] + (squares[i] == 0));
	}
	EXPECT_EQ(tt_root(UINT32_MAX), 65535);
}

PROMISE(the_logarithm_of_a_power_of_two_is_exact_and_it_never_falls)
{
	for (int i = 0; i < 32; i++) {
		EXPECT_EQ(tt_log2(1u << i), 256 * i);
	}
	EXPECT_EQ(tt_log2(0), 0);
	for (uint32_t v = 1; v < 100000; v++) {
		EXPECT(tt_log2(v + 1) >= tt_log2(v));
	}
}

PROMISE(a_long_sum_of_the_largest_words_has_their_mean)
{
	struct tt_long sum = {0};

	for (int i = 0; i < 1024; i++) {
		tt_long_add(&sum, UINT32_MAX);
	}
	EXPECT_EQ(tt_long_mean(&sum, 1024), UINT32_MAX);
	EXPECT_EQ(tt_long_log2(sum), 42 * 256 - 1); /* 2^42 - 2^10: rounded down */
}

PROMISE(statistics_of_a_few_readings)
{
	const int16_t values[] = {1, -2, 4, 4, -1, 6};

	/* mean 12 / 6; squares 1 16 4 4 9 16 = 50 / 6 = 8; log2 of 9 = 3.1699 */
	expect_statistics(values, 6, (const int16_t[]){2, 2, -2, 6, 4, 3, 811});
}

PROMISE(a_mean_is_rounded_down_below_zero_too)
{
	const int16_t values[] = {-1, 0};

	expect_statistics(values, 2, (const int16_t[]){-1, 0, -1, 0, 1, 1, 0});
}

PROMISE(statistics_of_the_widest_swing_fit_and_are_limited)
{
	int16_t values[TINTIN_READINGS_MAX];

	for (int i = 0; i < TINTIN_READINGS_MAX; i++) {
		values[i] = i % 2 ? INT16_MAX : INT16_MIN;
	}
	expect_statistics(values, TINTIN_READINGS_MAX,
			  (const int16_t[]){-1, 32767, -32768, 32767, 32767, 1023, 7679});
}

PROMISE(one_reading_is_a_window_too)
{
	const int16_t value = 7;

	expect_statistics(&value, 1, (const int16_t[]){7, 0, 7, 7, 0, 0, 0});
}

PROMISE(statistics_come_in_their_order_and_only_those_asked_for)
{
	const int16_t values[] = {5, 50, 9, 90};
	struct tintin_series first = {values, 2, 2};
	int16_t got[3] = {0, 0, 111};

	EXPECT_EQ(tintin_statistics(&first, TINTIN_MAXIMUM | TINTIN_MEAN, got), 2);
	EXPECT_EQ(got[0], 7);
	EXPECT_EQ(got[1], 9);
	EXPECT_EQ(got[2], 111);
}

PROMISE(an_impulse_has_the_same_power_in_every_band)
{
	for (unsigned int log2n = 6; log2n <= 10; log2n++) {
		int16_t work[TINTIN_FFT_MAX] = {16000}, out[32];
		struct tintin_bins bins = {work, (uint8_t)log2n, 0};

		bins.exp = (int16_t)tintin_fft(work, log2n);
		tintin_bands(&bins, 32, out);
		for (int b = 0; b < 32; b++) {
			promise_about("2^%u values, band %d", log2n, b);
			EXPECT(out[b] >= 7149 && out[b] <= 7151); /* 512 log2(16000) = 7150.1 */
		}
	}
}

PROMISE(a_constant_has_no_spectrum)
{
	int16_t values[256], work[256], out[8];
	struct tintin_series s = over(values, 256);
	struct tintin_bins bins = {work, 8, 0};

	for (int i = 0; i < 256; i++) {
		values[i] = -12345;
	}
	bins.exp = (int16_t)tintin_spectrum(&s, TINTIN_HANN, 8, work);
	tintin_bands(&bins, 8, out);
	for (int b = 0; b < 8; b++) {
		EXPECT_EQ(out[b], 0);
	}
}

PROMISE(no_window_overflows_the_transform)
{
	int16_t values[TINTIN_FFT_MAX], work[TINTIN_FFT_MAX];

	for (uint32_t seed = 1; seed < 200; seed++) {
		uint32_t rng = seed;
		unsigned int log2n = 6 + seed % 5;
		struct tintin_series s = over(values, (uint16_t)(1u << log2n));

		for (int i = 0; i < s.length; i++) {
			rng = rng * 1664525u + 1013904223u;
			values[i] = seed % 3 == 0 ? (int16_t)(rng >> 16)
				    : rng >> 31   ? INT16_MAX : INT16_MIN;
		}
		(void)tintin_spectrum(&s, TINTIN_RECTANGLE, log2n, work); /* UBSan looks on */
	}
}

PROMISE(the_transform_of_a_window_is_the_next_power_of_two)
{
	EXPECT_EQ(tintin_fft_log2(0), 0);
	EXPECT_EQ(tintin_fft_log2(1), 6);
	EXPECT_EQ(tintin_fft_log2(64), 6);
	EXPECT_EQ(tintin_fft_log2(65), 7);
	EXPECT_EQ(tintin_fft_log2(1024), 10);
	EXPECT_EQ(tintin_fft_log2(1025), 0);
}

static const struct tintin_mel speech = {8000, 100, 4000, 20, 8};

PROMISE(bins_lie_in_the_mel_bank_in_order_and_outside_of_it_nowhere)
{
	uint16_t place[128], last = 0;

	EXPECT_EQ(tintin_mel_places(&speech, place), 0);
	for (int k = 0; k < 4; k++) {
		EXPECT_EQ(place[k], UINT16_MAX); /* 31.25 Hz a bin: 93.75 is below 100 */
	}
	for (int k = 4; k < 128; k++) {
		EXPECT(place[k] >= last && place[k] < 21 * 256);
		last = place[k];
	}
	/* 1000 Hz: ln(1700 / 800) / ln(4700 / 800) * 21 * 256 = 2288.2 */
	EXPECT(place[32] >= 2282 && place[32] <= 2294);
}

PROMISE(a_mel_bank_out_of_range_is_refused)
{
	uint16_t place[512];
	struct tintin_mel high = speech, turned = speech, none = speech, large = speech;

	high.high = 4001;
	turned.low = 4000;
	none.bands = 0;
	large.log2n = 10;
	EXPECT_EQ(tintin_mel_places(&high, place), -EINVAL);
	EXPECT_EQ(tintin_mel_places(&turned, place), -EINVAL);
	EXPECT_EQ(tintin_mel_places(&none, place), -EINVAL);
	EXPECT_EQ(tintin_mel_places(&large, place), -EINVAL);
}

PROMISE(a_centre_learns_a_range_and_follows_it)
{
	struct tintin_centre c = {0};
	struct tintin_gain gain;
	uint32_t count = 0;

	for (; count < 20000; count++) {
		tintin_centre_learn(&c, (int16_t)(count % 2 ? 5100 : 4900), count, 10);
	}
	gain = tintin_centre_gain(&c);
	EXPECT(tintin_gain_apply(&gain, 5100) >= 25 && tintin_gain_apply(&gain, 5100) <= 26);
	EXPECT(tintin_gain_apply(&gain, 4900) <= -25 && tintin_gain_apply(&gain, 4900) >= -26);
	for (; count < 40000; count++) {
		tintin_centre_learn(&c, (int16_t)(count % 2 ? -19000 : -21000), count, 10);
	}
	gain = tintin_centre_gain(&c);
	EXPECT(tintin_gain_apply(&gain, -19000) >= 25 && tintin_gain_apply(&gain, -19000) <= 26);
	EXPECT_EQ(tintin_gain_apply(&gain, 5000), 127);
}

PROMISE(a_feature_of_any_centre_stays_within_127_and_follows_its_value)
{
	const int32_t means[] = {-(1 << 27), 0, 1 << 26};
	const uint32_t spreads[] = {0, 1, 300, 4096, 1u << 20, 1u << 27, 1u << 28};

	for (int i = 0; i < 21; i++) {
		struct tintin_centre c = {means[i / 7], spreads[i % 7]};
		struct tintin_gain gain = tintin_centre_gain(&c);
		int last = -127;

		for (int v = INT16_MIN; v <= INT16_MAX; v += 5) {
			int feature = tintin_gain_apply(&gain, (int16_t)v);

			EXPECT(feature >= last && feature <= 127);
			last = feature;
		}
	}
}

/* Logarithms of quotients are right to a unit of 1/256. */
static bool near(int16_t got, int expected)
{
	return got >= expected - 1 && got <= expected + 1;
}

PROMISE(a_power_is_that_of_all_channels_in_each_part)
{
	const int16_t values[] = {3, 4, 0, 0, 3, 4, -3, 4, 1, 0, 0, 2};
	const struct tintin_readings readings = {values, 6, 2};
	int16_t out[3], whole;

	tintin_power(&readings, 3, out); /* 25 / 2, 25, 5 / 2 */
	EXPECT(near(out[0], 932) && near(out[1], 1188) && near(out[2], 338));
	tintin_power(&readings, 1, &whole); /* 80 / 6 */
	EXPECT(near(whole, 956));
}

PROMISE(the_largest_power_fits_and_silence_has_none)
{
	static int16_t values[16 * TINTIN_READINGS_MAX];
	const struct tintin_readings readings = {values, TINTIN_READINGS_MAX, 16};
	int16_t out[7], each[TINTIN_READINGS_MAX];

	tintin_power(&readings, 1, out);
	EXPECT_EQ(out[0], 0);
	for (int i = 0; i < 16 * TINTIN_READINGS_MAX; i++) {
		values[i] = INT16_MIN;
	}
	tintin_power(&readings, 1, out); /* 16 * 2^30 */
	EXPECT_EQ(out[0], 34 * 256);
	tintin_power(&readings, TINTIN_READINGS_MAX, each);
	EXPECT_EQ(each[TINTIN_READINGS_MAX - 1], 34 * 256);
	tintin_power(&readings, 7, out);
	for (int p = 0; p < 7; p++) {
		EXPECT(near(out[p], 34 * 256));
	}
}
