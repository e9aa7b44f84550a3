/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A window: features one after another until the network's input is complete.
 */
#ifndef APP_WINDOW_H_
#define APP_WINDOW_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct window {
	int8_t *features; /**< the caller's memory */
	size_t length;
	size_t filled;
};

/** Add a feature. @return whether the window is complete; the next feature begins a new one */
bool window_push(struct window *window, int8_t feature);

/** Drop a window under way. @return features dropped */
size_t window_restart(struct window *window);

#endif
