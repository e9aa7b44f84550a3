/* SPDX-License-Identifier: Apache-2.0 */
#include "window.h"

bool window_push(struct window *window, int8_t feature)
{
	if (window->filled == window->length) {
		window->filled = 0;
	}
	window->features[window->filled++] = feature;
	return window->filled == window->length;
}

size_t window_restart(struct window *window)
{
	size_t dropped = window->filled == window->length ? 0 : window->filled;

	window->filled = 0;
	return dropped;
}
