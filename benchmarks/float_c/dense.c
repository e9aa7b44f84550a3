/* SPDX-License-Identifier: Apache-2.0 */
#include "float_net.h"
#include "vector.h"

void float_dense_forward(const struct float_layer *l, struct float_state *s, const float *x)
{
	size_t K = float_fan_in(l);

	for (int32_t o = 0; o < l->out.c; o++) {
		float y = dot(s->bias[o], s->weight + o * K, x, K);

		s->y[o] = l->relu && y < 0 ? 0 : y;
	}
}

void float_dense_backward(const struct float_layer *l, const struct float_state *s, const float *e,
			  float *dx)
{
	size_t K = float_fan_in(l);

	clear(dx, K);
	for (int32_t o = 0; o < l->out.c; o++) {
		if (FLOAT_SKIP_ZEROS && e[o] == 0) {
			continue;
		}
		axpy(dx, e[o], s->weight + o * K, K);
	}
}

void float_dense_update(const struct float_layer *l, struct float_state *s, const float *x,
			const float *e, float rate)
{
	size_t K = float_fan_in(l);

	for (int32_t o = 0; o < l->out.c; o++) {
		if (FLOAT_SKIP_ZEROS && e[o] == 0) {
			continue;
		}
		axpy(s->weight + o * K, -rate * e[o], x, K);
		s->bias[o] -= rate * e[o];
	}
}
