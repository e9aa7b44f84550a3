/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_FACTORY_H_
#define APP_FACTORY_H_

#include <stddef.h>
#include <stdint.h>

/** The record that the firmware was built with (CONFIG_APP_MODEL). */
extern const uint8_t factory_record[];
extern const size_t factory_record_size;

#endif
