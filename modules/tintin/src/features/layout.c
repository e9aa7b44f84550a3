/* SPDX-License-Identifier: Apache-2.0 */
#include "layout.h"

#include <tintin/error.h>

#include "../fixed.h"

#define CHANNELS_MAX 256
#define FRAMES_MAX   256
#define SLOW_MAX     15
#define VALUES_MAX   16384u
#define ALL (TINTIN_READINGS | TINTIN_STATISTICS | TINTIN_BANDS | TINTIN_MEL | TINTIN_POWER)

static bool in(uint32_t v, uint32_t low, uint32_t high)
{
	return v >= low && v <= high;
}

static bool valid_windows(const struct tintin_pipeline_description *d)
{
	return in(d->channels, 1, CHANNELS_MAX) && in(d->window, 1, TINTIN_READINGS_MAX) &&
	       in(d->hop, 1, d->window) && in(d->frames, 1, FRAMES_MAX) &&
	       in(d->step, 1, d->frames) && d->slow <= SLOW_MAX &&
	       (uint32_t)d->channels * d->window <= VALUES_MAX;
}

static bool valid_front_ends(const struct tintin_pipeline_description *d, uint32_t log2n)
{
	unsigned int which = d->front_ends;
	bool statistics = (which & TINTIN_STATISTICS) != 0;
	bool bands = (which & TINTIN_BANDS) != 0, mel = (which & TINTIN_MEL) != 0;
	bool power = (which & TINTIN_POWER) != 0;

	return in(which, 1, ALL) && bands + mel + power <= 1 && d->fade <= TINTIN_HANN &&
	       (!power || in(d->bands, 1, d->window)) &&
	       (!statistics || in(d->statistics, 1, TINTIN_STATISTICS_ALL)) &&
	       (!bands || in(d->bands, 1, 1u << (log2n - 1)));
}

static bool valid_mel(const struct tintin_pipeline_description *d, uint32_t log2n)
{
	return (d->front_ends & TINTIN_MEL) == 0 ||
	       (in(d->rate, 2, 48000) && d->low < d->high && d->high * 2u <= d->rate &&
		in(d->bands, 1, 64) && 1u << log2n <= TINTIN_MEL_FFT_MAX);
}

static uint32_t statistics_of(const struct tintin_pipeline_description *d)
{
	uint32_t n = 0;

	for (unsigned int which = d->statistics; which != 0; which >>= 1) {
		n += which & 1u;
	}
	return n;
}

static void count_values(struct tt_layout *l, const struct tintin_pipeline_description *d)
{
	uint32_t each = 0;

	if ((d->front_ends & TINTIN_STATISTICS) != 0) {
		each += statistics_of(d);
	}
	if ((d->front_ends & (TINTIN_BANDS | TINTIN_MEL)) != 0) {
		each += d->bands;
	}
	l->per_frame = l->centres =
		d->channels * each + ((d->front_ends & TINTIN_POWER) != 0 ? d->bands : 0u);
	if ((d->front_ends & TINTIN_READINGS) != 0) {
		l->per_frame += (uint32_t)d->channels * d->window;
		l->centres += d->channels;
	}
	l->length = l->per_frame * d->frames;
}

static uint32_t place_after(uint32_t *end, uint32_t bytes)
{
	uint32_t at = *end;

	*end = tt_align4(at + bytes);
	return at;
}

static void place_all(struct tt_layout *l, const struct tintin_pipeline_description *d)
{
	uint32_t n = l->log2n != 0 ? 1u << l->log2n : 0, end = 0;
	bool mel = (d->front_ends & TINTIN_MEL) != 0;

	(void)place_after(&end, l->centres * (uint32_t)sizeof(struct tintin_centre));
	l->window = place_after(&end, 2u * d->channels * d->window);
	l->work = place_after(&end, 2u * n);
	l->values = place_after(&end, 2u * l->length);
	l->place = place_after(&end, mel ? n : 0);
	l->sums = place_after(&end, mel ? 8u * d->bands : 0);
	l->features = place_after(&end, l->length);
	l->size = end;
}

int tt_layout(struct tt_layout *l, const struct tintin_pipeline_description *d)
{
	if (!valid_windows(d)) {
		return -EINVAL;
	}
	*l = (struct tt_layout){0};
	if ((d->front_ends & (TINTIN_BANDS | TINTIN_MEL)) != 0) {
		l->log2n = tintin_fft_log2(d->window);
	}
	if (!valid_front_ends(d, tintin_fft_log2(d->window)) || !valid_mel(d, l->log2n)) {
		return -EINVAL;
	}
	count_values(l, d);
	if (l->length > VALUES_MAX) {
		return -EINVAL;
	}
	place_all(l, d);
	return 0;
}

size_t tintin_pipeline_length(const struct tintin_pipeline_description *description)
{
	struct tt_layout l;

	return tt_layout(&l, description) == 0 ? l.length : 0;
}

size_t tintin_pipeline_size(const struct tintin_pipeline_description *description)
{
	struct tt_layout l;

	return tt_layout(&l, description) == 0 ? l.size : 0;
}
