/* SPDX-License-Identifier: Apache-2.0 */
/* The newest windows, so that a label may come late. */
#include <string.h>

#include "service.h"

struct remembered {
	struct tintin_window window; /* number 0: nothing here yet */
	bool skipped;                /* without a sample */
	int8_t sample[CONFIG_TINTIN_SAMPLE_SIZE];
};

static struct remembered history[CONFIG_TINTIN_HISTORY];

/* The place of a window, 0 for the newest; NULL when it is not there. */
static struct remembered *find(uint32_t number)
{
	uint32_t wanted = number != 0 ? number : tintin_service.windows;
	struct remembered *place = &history[wanted % CONFIG_TINTIN_HISTORY];

	return wanted == 0 || place->window.number != wanted ? NULL : place;
}

void tintin_history_put(const struct tintin_window *window, const int8_t *x, size_t n)
{
	struct remembered *place = &history[window->number % CONFIG_TINTIN_HISTORY];

	place->window = *window;
	place->skipped = false;
	memcpy(place->sample, x, n);
}

const int8_t *tintin_history_get(uint32_t number, struct tintin_window *window)
{
	const struct remembered *place = find(number);

	if (place == NULL || place->skipped) {
		return NULL;
	}
	*window = place->window;
	return place->sample;
}

int tintin_history_why(uint32_t number)
{
	const struct remembered *place = find(number);

	return place != NULL && place->skipped ? -ENODATA : -EAGAIN;
}

uint32_t tintin_service_skip(void)
{
	struct tintin_service *s = &tintin_service;
	struct remembered *place;
	uint32_t number;

	tintin_service_lock();
	s->stats.sensor_errors += tintin_history_why(0) != -ENODATA;
	s->stats.windows++;
	number = ++s->windows;
	place = &history[number % CONFIG_TINTIN_HISTORY];
	place->window = (struct tintin_window){.number = number};
	place->skipped = true;
	tintin_service_unlock();
	return number;
}
