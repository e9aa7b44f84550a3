/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/pipeline.h>

#include <string.h>

#include <tintin/error.h>
#include <tintin/record.h>

#include "layout.h"

static uint32_t shape_of(const struct tintin_pipeline_description *d)
{
	return tintin_crc32(0, d, sizeof(*d));
}

static int prepare_mel(struct tintin_pipeline *p, unsigned int log2n)
{
	const struct tintin_mel mel = {
		.rate = p->is->rate,
		.low = p->is->low,
		.high = p->is->high,
		.bands = p->is->bands,
		.log2n = (uint8_t)log2n,
	};

	return tintin_mel_places(&mel, p->place);
}

int tintin_pipeline_open(struct tintin_pipeline *p, const struct tintin_pipeline_description *d,
			 void *memory, size_t size)
{
	struct tt_layout l;
	char *base = memory;

	if (tt_layout(&l, d) != 0 || (uintptr_t)memory % 4u != 0) {
		return -EINVAL;
	}
	if (l.size > size) {
		return -ENOMEM;
	}
	memset(memory, 0, l.size);
	*p = (struct tintin_pipeline){
		.features = (int8_t *)(base + l.features),
		.length = l.length,
		.is = d,
		.centre = (struct tintin_centre *)(void *)base,
		.window = (int16_t *)(void *)(base + l.window),
		.work = (int16_t *)(void *)(base + l.work),
		.values = (int16_t *)(void *)(base + l.values),
		.place = (uint16_t *)(void *)(base + l.place),
		.sums = (uint32_t *)(void *)(base + l.sums),
		.shape = shape_of(d),
		.per_frame = (uint16_t)l.per_frame,
		.centres = (uint16_t)l.centres,
	};
	return (d->front_ends & TINTIN_MEL) != 0 ? prepare_mel(p, l.log2n) : 0;
}

static struct tintin_series channel(const struct tintin_pipeline *p, uint16_t c)
{
	return (struct tintin_series){p->window + c, p->is->window, p->is->channels};
}

static int16_t *put_statistics(struct tintin_pipeline *p, int16_t *to)
{
	for (uint16_t c = 0; c < p->is->channels; c++) {
		struct tintin_series series = channel(p, c);

		to += tintin_statistics(&series, p->is->statistics, to);
	}
	return to;
}

static void put_bands(struct tintin_pipeline *p, int16_t *to)
{
	unsigned int log2n = tintin_fft_log2(p->is->window);
	struct tintin_bins bins = {.data = p->work, .log2n = (uint8_t)log2n};

	for (uint16_t c = 0; c < p->is->channels; c++, to += p->is->bands) {
		struct tintin_series series = channel(p, c);

		bins.exp = (int16_t)tintin_spectrum(&series, (enum tintin_fade)p->is->fade, log2n,
						    p->work);
		if ((p->is->front_ends & TINTIN_MEL) != 0) {
			tintin_mel_bands(&bins, p->place, p->is->bands, p->sums, to);
		} else {
			tintin_bands(&bins, p->is->bands, to);
		}
	}
}

/* The values of the window that is full, behind those of the windows before. */
static void put_frame(struct tintin_pipeline *p)
{
	int16_t *to = p->values + (size_t)p->frames * p->per_frame;

	if ((p->is->front_ends & TINTIN_READINGS) != 0) {
		size_t n = (size_t)p->is->channels * p->is->window;

		memcpy(to, p->window, n * sizeof(*to));
		to += n;
	}
	if ((p->is->front_ends & TINTIN_STATISTICS) != 0) {
		to = put_statistics(p, to);
	}
	if ((p->is->front_ends & (TINTIN_BANDS | TINTIN_MEL)) != 0) {
		put_bands(p, to);
	}
	if ((p->is->front_ends & TINTIN_POWER) != 0) {
		const struct tintin_readings all = {p->window, p->is->window, p->is->channels};

		tintin_power(&all, p->is->bands, to);
	}
	p->frames++;
}

uint16_t tintin_pipeline_centre_of(const struct tintin_pipeline *p, uint32_t value)
{
	uint32_t at = value % p->per_frame, readings = 0;

	if ((p->is->front_ends & TINTIN_READINGS) != 0) {
		readings = (uint32_t)p->is->channels * p->is->window;
		if (at < readings) {
			return (uint16_t)(at % p->is->channels);
		}
	}
	return (uint16_t)(at - readings + (readings != 0 ? p->is->channels : 0));
}

/* Values first, first + step, ... below end of every frame have this centre. */
struct share {
	uint32_t first, step, end;
};

static struct share share_of(const struct tintin_pipeline *p, uint32_t centre)
{
	uint32_t channels = p->is->channels;
	bool readings = (p->is->front_ends & TINTIN_READINGS) != 0;
	uint32_t own = readings ? channels * p->is->window : 0;

	if (readings && centre < channels) {
		return (struct share){centre, channels, own};
	}
	centre += own - (readings ? channels : 0);
	return (struct share){centre, 1, centre + 1};
}

static void learn_centre(struct tintin_pipeline *p, uint32_t centre, const struct share *s)
{
	uint32_t each = (s->end - s->first + s->step - 1) / s->step;
	uint32_t seen = p->count * each * p->is->frames;

	for (uint32_t frame = 0; frame < p->length; frame += p->per_frame) {
		for (uint32_t i = s->first; i < s->end; i += s->step) {
			tintin_centre_learn(&p->centre[centre], p->values[frame + i], seen++,
					    p->is->slow);
		}
	}
}

static void apply_centre(struct tintin_pipeline *p, uint32_t centre, const struct share *s)
{
	struct tintin_gain gain = tintin_centre_gain(&p->centre[centre]);

	for (uint32_t frame = 0; frame < p->length; frame += p->per_frame) {
		for (uint32_t i = s->first; i < s->end; i += s->step) {
			p->features[frame + i] = tintin_gain_apply(&gain, p->values[frame + i]);
		}
	}
}

static void make_features(struct tintin_pipeline *p)
{
	for (uint32_t centre = 0; centre < p->centres; centre++) {
		struct share share = share_of(p, centre);

		if (p->is->slow != 0) {
			learn_centre(p, centre, &share);
		}
		apply_centre(p, centre, &share);
	}
	if (p->is->slow != 0 && p->count < TT_COUNT_MAX) {
		p->count++;
	}
}

/* Keep of a buffer what the next one begins with. */
static void overlap(int16_t *data, size_t drop, size_t kept)
{
	memmove(data, data + drop, kept * sizeof(*data));
}

/* The vector that was ready stays until the reading after it. */
static void begin_next_vector(struct tintin_pipeline *p)
{
	if (p->frames == p->is->frames) {
		p->frames = (uint16_t)(p->is->frames - p->is->step);
		overlap(p->values, (size_t)p->is->step * p->per_frame,
			(size_t)p->frames * p->per_frame);
	}
}

/* A loop: for one or six values it is shorter than a call of memcpy(). */
static void append(struct tintin_pipeline *p, const int16_t *reading)
{
	int16_t *to = p->window + (size_t)p->filled * p->is->channels;

	for (unsigned int c = 0; c < p->is->channels; c++) {
		to[c] = reading[c];
	}
}

bool tintin_pipeline_push(struct tintin_pipeline *p, const int16_t *reading)
{
	const struct tintin_pipeline_description *d = p->is;

	begin_next_vector(p);
	append(p, reading);
	if (++p->filled < d->window) {
		return false;
	}
	put_frame(p);
	p->filled = (uint16_t)(d->window - d->hop);
	overlap(p->window, (size_t)d->hop * d->channels, (size_t)p->filled * d->channels);
	if (p->frames < d->frames) {
		return false;
	}
	make_features(p);
	return true;
}

const int16_t *tintin_pipeline_values(const struct tintin_pipeline *p)
{
	return p->values;
}

void tintin_pipeline_restart(struct tintin_pipeline *p)
{
	p->filled = 0;
	p->frames = 0;
}
