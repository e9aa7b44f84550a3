/* SPDX-License-Identifier: Apache-2.0 */
/* Max pool without padding; the index of each largest value is kept for the way back. */
#include "float_net.h"
#include "vector.h"

static int32_t argmax(const struct float_layer *l, const float *x, int32_t corner)
{
	int32_t best = corner;

	for (int32_t ky = 0; ky < l->kernel_h; ky++) {
		for (int32_t kx = 0; kx < l->kernel_w; kx++) {
			int32_t at = corner + (ky * l->in.w + kx) * l->in.c;

			best = x[at] > x[best] ? at : best;
		}
	}
	return best;
}

void float_pool_forward(const struct float_layer *l, struct float_state *s, const float *x)
{
	int32_t i = 0;

	for (int32_t y = 0; y < l->out.h; y++) {
		for (int32_t col = 0; col < l->out.w; col++) {
			int32_t corner = (y * l->stride_h * l->in.w + col * l->stride_w) * l->in.c;

			for (int32_t c = 0; c < l->in.c; c++, i++) {
				s->argmax[i] = (uint16_t)argmax(l, x, corner + c);
				s->y[i] = x[s->argmax[i]];
			}
		}
	}
}

void float_pool_backward(const struct float_layer *l, const struct float_state *s, const float *e,
			 float *dx)
{
	clear(dx, float_volume(&l->in));
	for (size_t i = 0; i < float_volume(&l->out); i++) {
		dx[s->argmax[i]] += e[i];
	}
}
