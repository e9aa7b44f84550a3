/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The trained tensor of a layer: how far a step goes, how its limits are met, how a mini-batch
 * gathers. Shared by every layer kind that has weights. Formulas: DESIGN.md, "Update".
 */
#ifndef TT_MASTER_STEP_H_
#define TT_MASTER_STEP_H_

#include "kernels/kernels.h"
#include "kernels/load.h"
#include "layer.h"

/**
 * The next rows of weights whose errors are not 0, up to TT_BLOCK, from output @p o on.
 * @return the output behind the last one looked at
 */
static inline uint32_t tt_terms_from(struct tt_terms *terms, const struct tt_view *v,
				     const int8_t *error, uint32_t o)
{
	uint32_t count = 0;

	while (o < v->out.c && count < TT_BLOCK) {
		if (o + 4u <= v->out.c && tt_by_words(&error[o]) && tt_load4(&error[o]) == 0) {
			o += 4u;
			continue;
		}
		if (error[o] != 0) {
			terms->row[count] = &v->weight[o * v->fan_in];
			terms->scale[count++] = error[o];
		}
		o++;
	}
	terms->count = count;
	return o;
}

/** The trained tensor. */
static inline struct tt_planes tt_planes(const struct tt_view *v)
{
	return (struct tt_planes){v->weight, v->fraction, v->entry->fraction_bits};
}

/** The row of output @p o in the layer's planes. */
struct tt_row tt_master_row(const struct tt_view *v, uint32_t o);

/** s_true, the learning rate's own shift: (E_w - F) + L - (e_e + e_a). */
int tt_step_shift(const struct tt_view *v, const struct tt_backward *b);

/** @p shift, raised by the step cap for a gradient of @p span = max |g| (or its bits). */
int tt_step_cap(const struct tt_view *v, int shift, uint32_t span);

/** b_o = limit(b_o - RN(sum, L - 20 - e_e)), or into the mini-batch. @p sum of e over positions. */
void tt_step_bias(const struct tt_view *v, const struct tt_backward *b, uint32_t o, int32_t sum);

/** The same for all outputs of a dense layer, whose sum is the error itself. */
void tt_step_biases(const struct tt_view *v, const struct tt_backward *b);

/** Part of a sample's gradient: n values for the weights from flat index first. */
struct tt_piece {
	const int32_t *g;
	uint32_t first, n;
};

/** Add part of a sample's gradient to the mini-batch. */
void tt_batch_add(const struct tt_view *v, const struct tt_backward *b,
		  const struct tt_piece *piece);

/** Apply the mini-batch and empty it. */
void tt_batch_apply(const struct tt_view *v, uint32_t *rng);

/** Halve the whole tensor and raise E_w, after an update met the masters' limits. */
void tt_rescale(const struct tt_view *v);

/** bitlen(max |m|) over the tensor. */
uint8_t tt_master_bits(const struct tt_view *v);

#endif
