/* SPDX-License-Identifier: Apache-2.0 */
/* Convolution, one output position after another: its patch of the input is gathered first. */
#include <stdbool.h>

#include "float_net.h"
#include "vector.h"

/* The kernel's columns [from, to) that lie inside the input at one output position. */
struct columns {
	int32_t from, to;
	int32_t y, x; /* of the kernel's corner */
};

static struct columns columns_of(const struct float_layer *l, int32_t p)
{
	struct columns c = {
		.to = l->kernel_w,
		.y = p / l->out.w * l->stride_h - l->pad_top,
		.x = p % l->out.w * l->stride_w - l->pad_left,
	};

	if (c.x < 0) {
		c.from = -c.x;
	}
	if (c.x + c.to > l->in.w) {
		c.to = l->in.w - c.x;
	}
	return c;
}

static bool inside(const struct float_layer *l, int32_t y)
{
	return y >= 0 && y < l->in.h;
}

static void gather(const struct float_layer *l, const float *in, int32_t p, float *patch)
{
	struct columns c = columns_of(l, p);

	clear(patch, float_fan_in(l));
	for (int32_t ky = 0; ky < l->kernel_h; ky++) {
		if (inside(l, c.y + ky)) {
			copy(patch + (ky * l->kernel_w + c.from) * l->in.c,
			     in + ((c.y + ky) * l->in.w + c.x + c.from) * l->in.c,
			     (size_t)(c.to - c.from) * l->in.c);
		}
	}
}

static void scatter(const struct float_layer *l, float *dx, int32_t p, const float *dpatch)
{
	struct columns c = columns_of(l, p);
	int32_t n = (c.to - c.from) * l->in.c;

	for (int32_t ky = 0; ky < l->kernel_h; ky++) {
		if (inside(l, c.y + ky)) {
			const float *from = dpatch + (ky * l->kernel_w + c.from) * l->in.c;
			float *to = dx + ((c.y + ky) * l->in.w + c.x + c.from) * l->in.c;

			for (int32_t i = 0; i < n; i++) {
				to[i] += from[i];
			}
		}
	}
}

void float_conv_forward(const struct float_layer *l, struct float_state *s, const float *x,
			float *patch)
{
	size_t K = float_fan_in(l);
	float *out = s->y;

	for (int32_t p = 0; p < l->out.h * l->out.w; p++) {
		gather(l, x, p, patch);
		for (int32_t o = 0; o < l->out.c; o++) {
			float y = dot(s->bias[o], s->weight + o * K, patch, K);

			*out++ = l->relu && y < 0 ? 0 : y;
		}
	}
}

void float_conv_backward(const struct float_layer *l, const struct float_state *s, const float *e,
			 float *dx, float *dpatch)
{
	size_t K = float_fan_in(l);

	clear(dx, float_volume(&l->in));
	for (int32_t p = 0; p < l->out.h * l->out.w; p++) {
		bool any = false;

		clear(dpatch, K);
		for (int32_t o = 0; o < l->out.c; o++, e++) {
			if (FLOAT_SKIP_ZEROS && *e == 0) {
				continue;
			}
			any = true;
			axpy(dpatch, *e, s->weight + o * K, K);
		}
		if (any) {
			scatter(l, dx, p, dpatch);
		}
	}
}

void float_conv_update(const struct float_layer *l, struct float_state *s,
		       const struct float_conv_update *u)
{
	size_t K = float_fan_in(l);
	const float *e = u->e;

	for (int32_t p = 0; p < l->out.h * l->out.w; p++) {
		gather(l, u->x, p, u->patch);
		for (int32_t o = 0; o < l->out.c; o++, e++) {
			if (FLOAT_SKIP_ZEROS && *e == 0) {
				continue;
			}
			axpy(s->weight + o * K, -u->rate * *e, u->patch, K);
			s->bias[o] -= u->rate * *e;
		}
	}
}
