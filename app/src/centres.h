/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The centres of the front ends: those of the factory, or, where the node tintin,pipeline says that
 * they follow their sensor (slow above 0), those that were saved with the network, so that a power
 * cycle changes nothing.
 */
#ifndef APP_CENTRES_H_
#define APP_CENTRES_H_

#include <tintin/pipeline.h>

#include "pipeline_node.h"

/** Whether they go on learning, and so are saved. */
#define CENTRES_FOLLOW (DT_PROP_OR(PIPELINE, slow, 0) > 0)

/** Have the pipeline's centres saved with every save. Before tintin_service_start(). */
void centres_attach(struct tintin_pipeline *pipeline);

/**
 * Give the pipeline the centres that belong to the network: after tintin_service_start().
 *
 * @return 0, or why those of the factory cannot be used
 */
int centres_begin(struct tintin_pipeline *pipeline);

/** The factory's, accounted for in a CRC-32. */
uint32_t centres_identity(uint32_t crc);

/** Around what changes the centres: a save, from another thread, must not see half of it. */
void centres_lock(void);
void centres_unlock(void);

#endif
