/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The description of the front ends, out of the devicetree node tintin,pipeline.
 */
#ifndef APP_DESCRIPTION_H_
#define APP_DESCRIPTION_H_

#include <tintin/pipeline.h>

#include "pipeline_node.h"

/* A word of a property by its C name: "bands" is TINTIN_BANDS. */
#define DESCRIPTION_WORD(node, property, i)                                                        \
	UTIL_CAT(TINTIN_, DT_STRING_UPPER_TOKEN_BY_IDX(node, property, i))

/* Words of a property that is there, or-ed. */
#define DESCRIPTION_WORDS(property)                                                                \
	COND_CODE_1(DT_NODE_HAS_PROP(PIPELINE, property),                                          \
		    ((DT_FOREACH_PROP_ELEM_SEP(PIPELINE, property, DESCRIPTION_WORD, (|)))), (0))

#define DESCRIPTION                                                                                \
	{                                                                                          \
		.channels = READING_VALUES,                                                        \
		.window = DT_PROP(PIPELINE, window),                                               \
		.hop = DT_PROP_OR(PIPELINE, hop, DT_PROP(PIPELINE, window)),                       \
		.frames = DT_PROP(PIPELINE, frames),                                               \
		.step = DT_PROP_OR(PIPELINE, step, DT_PROP(PIPELINE, frames)),                     \
		.front_ends = DESCRIPTION_WORDS(front_ends),                                       \
		.statistics = DESCRIPTION_WORDS(statistics),                                       \
		.bands = DT_PROP(PIPELINE, bands),                                                 \
		.fade = UTIL_CAT(TINTIN_, DT_STRING_UPPER_TOKEN(PIPELINE, fade)),                  \
		.slow = DT_PROP(PIPELINE, slow),                                                   \
		.low = DT_PROP(PIPELINE, low_hz),                                                  \
		.high = DT_PROP(PIPELINE, high_hz),                                                \
		.rate = DT_PROP(PIPELINE, rate_hz),                                                \
	}

#endif
