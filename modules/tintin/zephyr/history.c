/* SPDX-License-Identifier: Apache-2.0 */
/* The newest windows, so that a label may come late. */
#include <string.h>

#include "service.h"

struct remembered {
	struct tintin_window window; /* number 0: nothing here yet */
	int8_t sample[CONFIG_TINTIN_SAMPLE_SIZE];
};

static struct remembered history[CONFIG_TINTIN_HISTORY];

void tintin_history_put(const struct tintin_window *window, const int8_t *x, size_t n)
{
	struct remembered *place = &history[window->number % CONFIG_TINTIN_HISTORY];

	place->window = *window;
	memcpy(place->sample, x, n);
}

const int8_t *tintin_history_get(uint32_t number, struct tintin_window *window)
{
	uint32_t wanted = number != 0 ? number : tintin_service.windows;
	const struct remembered *place = &history[wanted % CONFIG_TINTIN_HISTORY];

	if (wanted == 0 || place->window.number != wanted) {
		return NULL;
	}
	*window = place->window;
	return place->sample;
}
