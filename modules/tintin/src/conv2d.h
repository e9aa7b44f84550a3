/* SPDX-License-Identifier: Apache-2.0 */
/** @file What the passes of a convolution share; each has a file of its own. Formulas: conv2d.c. */
#ifndef TT_CONV2D_H_
#define TT_CONV2D_H_

#include "layer.h"

/** The taps of output row @p y that lie inside the input. */
static inline struct tt_taps tt_conv2d_rows(const struct tt_view *v, uint32_t y)
{
	return tt_taps(y, v->entry->stride_h, v->entry->pad_top, v->entry->kernel_h, v->in.h);
}

void tt_conv2d_forward(const struct tt_view *v, struct tt_forward *f);
void tt_conv2d_backward(const struct tt_view *v, struct tt_backward *b);
void tt_conv2d_update(const struct tt_view *v, struct tt_backward *b);

/** Bytes of scratch that each of them takes; they share them. */
uint32_t tt_conv2d_forward_scratch(const struct tt_view *v);
uint32_t tt_conv2d_backward_scratch(const struct tt_view *v);
uint32_t tt_conv2d_update_scratch(const struct tt_view *v);

#endif
