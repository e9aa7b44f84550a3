/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What every layer does with its accumulators: ReLU and quantisation on the way up, mask and
 * quantisation on the way down. Each keeps the span that delayed scaling needs.
 */
#ifndef TT_OUTPUT_H_
#define TT_OUTPUT_H_

#include <string.h>

#include "fixed.h"
#include "layer.h"
#include "scale.h"

struct tt_output {
	int8_t *quantised;
	int32_t *logits; /* of the last layer, else NULL */
	uint32_t span;
	int32_t low;  /* 0 where a ReLU is fused */
	int32_t half; /* RN(v, S) = (v + half) >> S */
	int16_t acc_exp, exp;
	uint8_t shift;
};

static inline int32_t tt_half(uint8_t shift)
{
	return (1 << shift) >> 1;
}

/** @param acc_exp  exponent of the accumulators */
static inline struct tt_output tt_output(const struct tt_view *v, const struct tt_forward *f,
					 int acc_exp)
{
	bool relu = (v->entry->flags & TINTIN_LAYER_RELU) != 0;
	uint8_t shift = v->last ? 0 : v->state->activation.shift;

	return (struct tt_output){
		.quantised = f->out,
		.logits = v->last ? f->out : NULL,
		.low = relu ? 0 : -TT_ACC_MAX,
		.half = tt_half(shift),
		.acc_exp = tt_exp(acc_exp),
		.exp = tt_exp(tt_exp(acc_exp) + shift),
		.shift = shift,
	};
}

/** Outputs @p first .. first + n - 1 from their accumulators, |acc| < 2^30. */
static inline void tt_output_put(struct tt_output *out, uint32_t first, const int32_t *acc,
				 uint32_t n)
{
	int8_t *to = &out->quantised[first];

	if (out->logits != NULL) {
		memcpy(&out->logits[first], acc, n * sizeof(*acc));
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		int32_t value = acc[i] > out->low ? acc[i] : out->low;

		out->span |= tt_abs(value);
		to[i] = tt_clip((value + out->half) >> out->shift);
	}
}

/** b' = RN(b, e_acc + 20), limited so that bias and products together stay below 2^30. */
static inline int32_t tt_aligned_bias(int32_t bias, int16_t acc_exp)
{
	return tt_limit(tt_round(bias, acc_exp - TT_BIAS_EXP), -(1 << 29), 1 << 29);
}

struct tt_in_error {
	int8_t *quantised;
	const int8_t *mask; /* no error passes where this is 0; NULL: everywhere */
	uint32_t span;
	int32_t half;
	int16_t exp;
	uint8_t shift;
};

/** @param factor_exp  exponent of what the errors were multiplied by: e_e' = e_e + factor_exp + S */
static inline struct tt_in_error tt_in_error(const struct tt_view *v, const struct tt_backward *b,
					     int factor_exp)
{
	uint8_t shift = v->state->error.shift;

	return (struct tt_in_error){
		.quantised = b->in_error,
		.mask = v->masked ? b->in : NULL,
		.half = tt_half(shift),
		.exp = tt_exp(tt_exp(b->error_exp + factor_exp) + shift),
		.shift = shift,
	};
}

/** Mask and quantise @p n accumulators into the error from index @p first. */
static inline void tt_in_error_put(struct tt_in_error *dx, const int32_t *acc, uint32_t first,
				   uint32_t n)
{
	for (uint32_t k = 0; k < n; k++) {
		int32_t value = dx->mask != NULL && dx->mask[first + k] == 0 ? 0 : acc[k];

		dx->span |= tt_abs(value);
		dx->quantised[first + k] = tt_clip((value + dx->half) >> dx->shift);
	}
}

#endif
