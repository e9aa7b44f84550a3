/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Softmax and cross-entropy in integers: no exp, one division a sample.
 */
#ifndef TT_LOSS_H_
#define TT_LOSS_H_

#include <tintin/network.h>

#include "layer.h"

/** Logits [n] with exponent @p exp become probabilities in Q15, in place. @return the prediction. */
struct tintin_prediction tt_softmax(int32_t *logits, uint32_t n, int exp);

/** The error at the logits: e8 [n], real error = e8 * 2^exp. */
struct tt_loss {
	int32_t *probability; /* [n], Q15; overwritten */
	uint32_t n;
	uint16_t label;
	uint8_t rate_mantissa;
};

/** @return the exponent of @p error; *any is false when every error is 0 */
int16_t tt_loss_error(const struct tt_loss *loss, int8_t *error, bool *any);

#endif
