/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What every layer does with its accumulators: ReLU and quantisation on the way up, mask and
 * quantisation on the way down. Each keeps the span that delayed scaling needs.
 */
#ifndef TT_OUTPUT_H_
#define TT_OUTPUT_H_

#include "fixed.h"
#include "kernels/kernels.h"
#include "layer.h"
#include "scale.h"

struct tt_output {
	int8_t *quantised;
	int32_t *logits; /* where the last layer's accumulators stay, else NULL */
	struct tt_quantiser q;
	int16_t acc_exp, exp;
};

/** @param acc_exp  exponent of the accumulators */
static inline struct tt_output tt_output(const struct tt_view *v, const struct tt_forward *f,
					 int acc_exp)
{
	uint8_t shift = v->last ? 0 : v->state->activation.shift;

	return (struct tt_output){
		.quantised = f->out,
		.logits = v->last ? f->out : NULL,
		.q = {.shift = shift, .relu = (v->entry->flags & TINTIN_LAYER_RELU) != 0},
		.acc_exp = tt_exp(acc_exp),
		.exp = tt_exp(tt_exp(acc_exp) + shift),
	};
}

/** Outputs @p first .. first + n - 1 of a hidden layer from their accumulators, |acc| < 2^30. */
static inline void tt_output_put(struct tt_output *out, uint32_t first, const int32_t *acc,
				 uint32_t n)
{
	tt_quantise(&out->quantised[first], acc, n, &out->q);
}

/**
 * b' = RN(b, e_acc + 20), limited so that bias and products together stay below 2^30. A bias that
 * shrinks is within that limit, since |b| <= 2^28.
 */
static inline void tt_align_biases(int32_t *acc, const int32_t *bias, uint32_t n, int16_t acc_exp)
{
	int shift = acc_exp - TT_BIAS_EXP;
	bool shrinks = shift > 0 && shift <= 30;
	int32_t half = shrinks ? 1 << (shift - 1) : 0;

	for (uint32_t i = 0; i < n && shrinks; i++) {
		acc[i] = (bias[i] + half) >> shift;
	}
	for (uint32_t i = 0; i < n && !shrinks; i++) {
		acc[i] = tt_limit(tt_round(bias[i], shift), -(1 << 29), 1 << 29);
	}
}

struct tt_in_error {
	int8_t *quantised;
	const int8_t *mask; /* no error passes where this is 0; NULL: everywhere */
	struct tt_quantiser q;
	int16_t exp;
};

/** @param factor_exp  exponent of what the errors were multiplied by: e_e' = e_e + factor_exp + S */
static inline struct tt_in_error tt_in_error(const struct tt_view *v, const struct tt_backward *b,
					     int factor_exp)
{
	uint8_t shift = v->state->error.shift;

	return (struct tt_in_error){
		.quantised = b->in_error,
		.mask = v->masked ? b->in : NULL,
		.q = {.shift = shift},
		.exp = tt_exp(tt_exp(b->error_exp + factor_exp) + shift),
	};
}

/** Mask and quantise @p n accumulators into the error from index @p first. */
static inline void tt_in_error_put(struct tt_in_error *dx, const int32_t *acc, uint32_t first,
				   uint32_t n)
{
	dx->q.mask = dx->mask != NULL ? &dx->mask[first] : NULL;
	tt_quantise(&dx->quantised[first], acc, n, &dx->q);
}

#endif
