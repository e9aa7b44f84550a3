/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The devicetree node tintin,pipeline: sensor, channels, and what becomes of readings.
 */
#ifndef APP_PIPELINE_NODE_H_
#define APP_PIPELINE_NODE_H_

#include <zephyr/devicetree.h>
#include <zephyr/sys/util.h>

#define PIPELINE DT_COMPAT_GET_ANY_STATUS_OKAY(tintin_pipeline)

/** Channels of the sensor. */
#define CHANNELS DT_PROP_LEN(PIPELINE, channels)

/** Values of a reading: those of one scan. */
#define READING_VALUES (CHANNELS * DT_PROP(PIPELINE, scan))

BUILD_ASSERT(IN_RANGE(CHANNELS, 1, 16), "tintin,pipeline: 1 to 16 channels");
BUILD_ASSERT(IN_RANGE(READING_VALUES, 1, 256), "tintin,pipeline: a scan has at most 256 values");

#endif
