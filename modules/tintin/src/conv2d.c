/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 2-D convolution. Input a [ih][iw][C], weights w [O][kh][kw][C], output [oh][ow][O], zero padding.
 * A tap (ky, kx) of output position (y, x) reads input (y * sh - pt + ky, x * sw - pl + kx).
 *
 *   forward   acc[y,x,o]    = b_o + sum_{ky,kx,c} w[o,ky,kx,c] a[tap]
 *   backward  dx[iy,ix,c]   = sum over the taps that read (iy, ix) of w[o,ky,kx,c] e[y,x,o]
 *   update    g[o,ky,kx,c]  = sum_{y,x} e[y,x,o] a[tap]
 *
 * With channels last a row of taps is one run of bytes in the input and in the weights.
 */
#include "conv2d.h"
#include "fixed.h"

static uint32_t conv2d_scratch(const struct tt_view *v, bool training)
{
	uint32_t most = tt_conv2d_forward_scratch(v);

#if TINTIN_TRAINING
	if (training) {
		most = tt_larger(most, tt_conv2d_backward_scratch(v));
		most = tt_larger(most, tt_conv2d_update_scratch(v));
	}
#else
	(void)training;
#endif
	return most;
}

const struct tt_op tt_conv2d = {
	.forward = tt_conv2d_forward,
#if TINTIN_TRAINING
	.backward = tt_conv2d_backward,
	.update = tt_conv2d_update,
#endif
	.scratch = conv2d_scratch,
};
