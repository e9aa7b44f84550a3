/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The yardstick: plain SGD at batch 1 in float32, for the networks of the benchmarks. Written for
 * clearness, with the same layers, the same loss and the same order of samples as the engine.
 *
 *   forward   y[p,o] = b_o + sum_k w[o,k] * patch[p,k]
 *   backward  dx     = col2im(sum_o e[p,o] * w[o,k])
 *   update    w[o,k] -= rate * sum_p e[p,o] * patch[p,k],  b_o -= rate * sum_p e[p,o]
 */
#include <math.h>
#include <string.h>

#include "shape.h"

struct layer {
	struct shape at;
	float *weight, *bias; /* [O][K], [O] */
};

/* What one layer keeps from forward to backward, and its workspace. */
struct state {
	float *y, *error; /* output, and the error there */
	float *patches;   /* convolution: [positions][K] */
	float *gradient;  /* [O][K] */
	int32_t *argmax;  /* max pool */
};

static struct state *states_new(const struct layer *layer, int n)
{
	struct state *s = get((size_t)n, sizeof(*s));

	for (int i = 0; i < n; i++) {
		const struct layer *l = &layer[i];

		s[i].y = get(volume(l->at.out), sizeof(float));
		s[i].error = get(volume(l->at.out), sizeof(float));
		s[i].argmax = get(volume(l->at.out), sizeof(int32_t));
		if (l->at.kind == CONV) {
			s[i].patches = get(positions(&l->at) * fan_in(&l->at), sizeof(float));
			s[i].gradient = get(l->at.out[2] * fan_in(&l->at), sizeof(float));
		}
	}
	return s;
}

static void states_free(struct state *s, int n)
{
	for (int i = 0; i < n; i++) {
		free(s[i].y);
		free(s[i].error);
		free(s[i].argmax);
		free(s[i].patches);
		free(s[i].gradient);
	}
	free(s);
}

/* Sixteen partial sums, so that the compiler may use its vectors without reordering a float sum. */
static float dot(const float *a, const float *b, size_t n)
{
	float part[16] = {0}, sum = 0;
	size_t k = 0;

	for (; k + 16 <= n; k += 16) {
		for (int j = 0; j < 16; j++) {
			part[j] += a[k + j] * b[k + j];
		}
	}
	for (; k < n; k++) {
		sum += a[k] * b[k];
	}
	for (int j = 0; j < 16; j++) {
		sum += part[j];
	}
	return sum;
}

static void axpy(float *y, float a, const float *x, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		y[k] += a * x[k];
	}
}

static void scatter(const struct layer *l, float *dx, int p, const float *patch)
{
	for (int ky = 0; ky < l->at.kernel[0]; ky++) {
		for (int kx = 0; kx < l->at.kernel[1]; kx++, patch += l->at.in[2]) {
			long from = tap(&l->at, p, ky, kx);

			if (from >= 0) {
				axpy(dx + from, 1.0f, patch, (size_t)l->at.in[2]);
			}
		}
	}
}

static void conv_forward(const struct layer *l, struct state *s, const float *in)
{
	size_t K = fan_in(&l->at);
	int O = l->at.out[2];

	for (int p = 0; p < positions(&l->at); p++) {
		float *patch = s->patches + (size_t)p * K;

		gather(&l->at, (struct bytes){in, sizeof(*in)}, p, patch);
		for (int o = 0; o < O; o++) {
			float acc = l->bias[o] + dot(l->weight + (size_t)o * K, patch, K);

			s->y[p * O + o] = l->at.relu && acc < 0 ? 0 : acc;
		}
	}
}

/* @param dx  error of the input, zeroed; NULL for the first layer */
static void conv_backward(const struct layer *l, struct state *s, float *dx, float rate)
{
	size_t K = fan_in(&l->at);
	int O = l->at.out[2];
	float *dpatch = get(K, sizeof(float));

	memset(s->gradient, 0, (size_t)O * K * sizeof(float));
	for (int p = 0; p < positions(&l->at); p++) {
		memset(dpatch, 0, K * sizeof(float));
		for (int o = 0; o < O; o++) {
			float e = s->error[p * O + o];

			if (e == 0 || (l->at.relu && s->y[p * O + o] == 0)) {
				continue;
			}
			axpy(s->gradient + (size_t)o * K, e, s->patches + (size_t)p * K, K);
			axpy(dpatch, e, l->weight + (size_t)o * K, K);
			l->bias[o] -= rate * e;
		}
		if (dx != NULL) {
			scatter(l, dx, p, dpatch);
		}
	}
	axpy(l->weight, -rate, s->gradient, (size_t)O * K);
	free(dpatch);
}

static void pool_forward(const struct layer *l, struct state *s, const float *in)
{
	for (int p = 0; p < positions(&l->at); p++) {
		for (int c = 0; c < l->at.in[2]; c++) {
			float *y = &s->y[p * l->at.in[2] + c];

			*y = -INFINITY;
			for (int t = 0; t < l->at.kernel[0] * l->at.kernel[1]; t++) {
				long from = tap(&l->at, p, t / l->at.kernel[1], t % l->at.kernel[1]);

				if (from >= 0 && in[from + c] > *y) {
					*y = in[from + c];
					s->argmax[p * l->at.in[2] + c] = (int32_t)(from + c);
				}
			}
		}
	}
}

static void pool_backward(const struct layer *l, const struct state *s, float *dx)
{
	for (size_t i = 0; dx != NULL && i < volume(l->at.out); i++) {
		dx[s->argmax[i]] += s->error[i];
	}
}

static void forward(const struct layer *layer, struct state *s, int n, const float *x)
{
	for (int i = 0; i < n; i++) {
		const float *in = i > 0 ? s[i - 1].y : x;

		if (layer[i].at.kind == CONV) {
			conv_forward(&layer[i], &s[i], in);
		} else {
			pool_forward(&layer[i], &s[i], in);
		}
	}
}

static void backward(const struct layer *layer, struct state *s, int n, float rate)
{
	for (int i = n - 1; i >= 0; i--) {
		float *dx = i > 0 ? s[i - 1].error : NULL;

		if (dx != NULL) {
			memset(dx, 0, volume(layer[i].at.in) * sizeof(float));
		}
		if (layer[i].at.kind == CONV) {
			conv_backward(&layer[i], &s[i], dx, rate);
		} else {
			pool_backward(&layer[i], &s[i], dx);
		}
	}
}

static int best_of(const float *z, int classes)
{
	int best = 0;

	for (int i = 1; i < classes; i++) {
		best = z[i] > z[best] ? i : best;
	}
	return best;
}

/* Softmax cross-entropy: error_i = p_i - [i = label]. */
static void loss(const float *z, int classes, int label, float *error)
{
	float sum = 0, top = z[best_of(z, classes)];

	for (int i = 0; i < classes; i++) {
		error[i] = expf(z[i] - top);
		sum += error[i];
	}
	for (int i = 0; i < classes; i++) {
		error[i] = error[i] / sum - (i == label);
	}
}

/** Predict each sample, and learn from it at batch 1 where there are labels.
 * @param out  the prediction made before learning, [count] */
void float_sgd_run(const struct layer *layer, int n, const struct samples *samples, float rate,
		   uint16_t *out)
{
	int classes = layer[n - 1].at.out[2];
	struct state *s = states_new(layer, n);
	float *x = get(samples->length, sizeof(float));

	for (uint64_t i = 0; i < samples->count; i++) {
		for (uint64_t k = 0; k < samples->length; k++) {
			x[k] = ldexpf(samples->x[i * samples->length + k], samples->exp);
		}
		forward(layer, s, n, x);
		out[i] = (uint16_t)best_of(s[n - 1].y, classes);
		if (samples->label != NULL) {
			loss(s[n - 1].y, classes, samples->label[i], s[n - 1].error);
			backward(layer, s, n, rate);
		}
	}
	free(x);
	states_free(s, n);
}
