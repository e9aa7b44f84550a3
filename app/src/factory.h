/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_FACTORY_H_
#define APP_FACTORY_H_

#include <stddef.h>
#include <stdint.h>

/** The record that the firmware was built with (CONFIG_APP_MODEL). */
extern const uint8_t factory_record[];
extern const size_t factory_record_size;

/** The centres of the front ends that belong to it (CONFIG_APP_CENTRES). */
extern const uint8_t factory_centres[];
extern const size_t factory_centres_size;

#endif
