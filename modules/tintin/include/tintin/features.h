/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Front ends: windows of sensor readings (int16) to values that tell classes apart (int16), and
 * values to the int8 features that a network reads. Integers only, the same bits everywhere; the
 * caller owns all memory. tintin/pipeline.h chains them; each can be used by itself.
 *
 * A power or an energy is given as 256 * log2(p), 0 where p < 1.
 */
#ifndef TINTIN_FEATURES_H_
#define TINTIN_FEATURES_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TINTIN_READINGS_MAX 1024 /* in a window */
#define TINTIN_FFT_MIN      64
#define TINTIN_FFT_MAX      1024
#define TINTIN_MEL_FFT_MAX  512 /* longest transform under a mel filter bank */

/** Readings of one channel: values[0], values[stride], ... */
struct tintin_series {
	const int16_t *values;
	uint16_t length; /**< 1..TINTIN_READINGS_MAX */
	uint16_t stride;
};

/** Statistics of a window, to be or-ed; they come in this order. Roots and quotients round down. */
enum tintin_statistic {
	TINTIN_MEAN = 1,
	TINTIN_DEVIATION = 2,       /**< root of the mean square distance from the mean */
	TINTIN_MINIMUM = 4,
	TINTIN_MAXIMUM = 8,
	TINTIN_MEAN_DIFFERENCE = 16, /**< mean |x[i] - x[i-1]| */
	TINTIN_CROSSINGS = 32,      /**< how often a reading is on the other side of the mean */
	TINTIN_ENERGY = 64,         /**< log2 of 1 + the mean square distance from the mean */
};

#define TINTIN_STATISTICS_ALL 127

/**
 * Statistics @p which of a series, each limited to int16.
 *
 * @return how many were written to @p out
 */
size_t tintin_statistics(const struct tintin_series *series, uint8_t which, int16_t *out);

/** How a window is faded in and out before its transform. */
enum tintin_fade {
	TINTIN_RECTANGLE = 0,
	TINTIN_HANN = 1, /**< periodic */
};

/** log2 of the transform for a window of @p length: the next power of two; 0 where out of range. */
unsigned int tintin_fft_log2(uint16_t length);

/**
 * Discrete Fourier transform of 2^log2n real values, in place, with a common exponent.
 *
 * @param data   in: values within +-16383; out: bins 0..n/2-1 as (re, im), where bin 0 has the
 *               real bin n/2 in the place of its im, which is 0
 * @param log2n  6..10
 * @return exponent e: bin k is data[k] * 2^e. Where the input uses its range it is right to
 *         0.1 % of the largest bin.
 */
int tintin_fft(int16_t *data, unsigned int log2n);

/**
 * The spectrum of a series about its mean, faded, and filled up with zeros to 2^log2n.
 *
 * @param work  2^log2n values: bins as of tintin_fft()
 * @return exponent of the bins
 */
int tintin_spectrum(const struct tintin_series *series, enum tintin_fade fade, unsigned int log2n,
		    int16_t *work);

/** Bins of a spectrum. */
struct tintin_bins {
	const int16_t *data; /**< as of tintin_fft() */
	uint8_t log2n;
	int16_t exp;
};

/** Mean power in each of @p bands equal parts of the bins, 1..2^log2n/2 of them. */
void tintin_bands(const struct tintin_bins *bins, unsigned int bands, int16_t *out);

/** Readings of all channels, one reading after another. */
struct tintin_readings {
	const int16_t *values;
	uint16_t length;   /**< 1..TINTIN_READINGS_MAX */
	uint16_t channels; /**< length * channels at most 16384 */
};

/**
 * Mean power of a reading, the squares of its channels together, in each of @p parts equal
 * stretches of the readings, 1..length of them: I/Q samples, or the axes of an accelerometer.
 */
void tintin_power(const struct tintin_readings *readings, unsigned int parts, int16_t *out);

/** A bank of triangular filters, equally wide and half overlapping on the mel scale. */
struct tintin_mel {
	uint32_t rate; /**< readings a second, at most 48000 */
	uint16_t low, high; /**< where the first filter begins and the last ends, Hz */
	uint8_t bands;      /**< 1..64 */
	uint8_t log2n;      /**< of the transform, 6..9 */
};

/**
 * Where each bin lies in the bank, from integers alone.
 *
 * @param place  2^log2n/2 values: distance from the bank's low end in 1/256 of the filters'
 *               spacing, UINT16_MAX outside
 * @return 0, -EINVAL
 */
int tintin_mel_places(const struct tintin_mel *mel, uint16_t *place);

/**
 * Power in each filter.
 *
 * @param sums  2 * bands words to work in
 * @param out   bands values
 */
void tintin_mel_bands(const struct tintin_bins *bins, const uint16_t *place, unsigned int bands,
		      uint32_t *sums, int16_t *out);

/**
 * What is known of a value's range: running averages. It is learned from the values themselves,
 * each counting 1/n until n = 2^slow, then 2^-slow.
 */
struct tintin_centre {
	int32_t mean;    /**< 2^-12 */
	uint32_t spread; /**< mean distance from the mean, 2^-12 */
};

/** Account for @p value, the (count+1)th. @param slow 1..15 */
void tintin_centre_learn(struct tintin_centre *centre, int16_t value, uint32_t count, uint8_t slow);

/** A centre made ready to apply: the one division is in here. */
struct tintin_gain {
	int32_t mean, limit;
	int32_t ratio;
	int8_t shift;
};

struct tintin_gain tintin_centre_gain(const struct tintin_centre *centre);

/** A feature: 25.5 mean distances from the mean to the unit, so that a normal distribution has
 * a deviation of 32; limited to +-127. */
int8_t tintin_gain_apply(const struct tintin_gain *gain, int16_t value);

#endif
