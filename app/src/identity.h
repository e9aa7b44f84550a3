/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the features that a network was taught with mean, and what its classes are, as one number.
 */
#ifndef APP_IDENTITY_H_
#define APP_IDENTITY_H_

#include <stdint.h>

#include <tintin/pipeline.h>

/** CRC-32 over channels and how they are scaled, front ends, the factory's centres and classes; never 0. */
uint32_t identity_of(const struct tintin_pipeline_description *description);

#endif
