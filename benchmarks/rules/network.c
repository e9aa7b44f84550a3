/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A network of int8 tensors that learns by one of the papers' rules, at batch 1.
 *
 *   forward   acc[p,o] = sum_k w[o,k] * patch[p,k];  y = narrow(acc), then ReLU
 *   backward  dx = narrow(col2im(sum_o e[p,o] * w[o,k])), w as it was in the forward pass
 *   update    w by the gradient sum_p e[p,o] * patch[p,k]
 */
#include <stdbool.h>

#include "rule.h"
#include "shape.h"

struct layer {
	struct shape at;
	struct weights w; /* [O][K] */
};

/* What one layer keeps from forward to backward, and its workspace. */
struct state {
	int8_t *y, *error, *patches; /* output, the error there, [positions][K] */
	struct scale scale, error_scale;
	int32_t *acc, *dx, *dpatch, *gradient, *argmax;
};

static struct state *states_new(const struct layer *layer, int n)
{
	struct state *s = get((size_t)n, sizeof(*s));

	for (int i = 0; i < n; i++) {
		const struct shape *l = &layer[i].at;
		size_t out = volume(l->out), K = l->kind == CONV ? fan_in(l) : 0;

		s[i].y = get(out, 1);
		s[i].error = get(out, 1);
		s[i].patches = get((size_t)positions(l) * K, 1);
		s[i].acc = get(out, sizeof(int32_t));
		s[i].argmax = get(out, sizeof(int32_t));
		s[i].dx = get(volume(l->in), sizeof(int32_t));
		s[i].dpatch = get(K, sizeof(int32_t));
		s[i].gradient = get(l->out[2] * K, sizeof(int32_t));
	}
	return s;
}

static void states_free(struct state *s, int n)
{
	for (int i = 0; i < n; i++) {
		void *held[] = {s[i].y,      s[i].error, s[i].patches, s[i].acc,
				s[i].argmax, s[i].dx,    s[i].dpatch,  s[i].gradient};

		for (size_t j = 0; j < sizeof(held) / sizeof(held[0]); j++) {
			free(held[j]);
		}
	}
	free(s);
}

static int32_t dot(const int8_t *a, const int8_t *b, size_t n)
{
	int32_t sum = 0;

	for (size_t k = 0; k < n; k++) {
		sum += a[k] * b[k];
	}
	return sum;
}

static void axpy(int32_t *y, int32_t a, const int8_t *x, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		y[k] += a * x[k];
	}
}

static void conv_forward(const struct rule *rule, const struct layer *l, struct state *s,
			 const int8_t *in, struct scale scale)
{
	size_t K = fan_in(&l->at), n = volume(l->at.out);
	int O = l->at.out[2];
	struct wide acc = {s->acc, n, product(l->w.scale, scale)};

	for (int p = 0; p < positions(&l->at); p++) {
		int8_t *patch = s->patches + (size_t)p * K;

		gather(&l->at, (struct bytes){in, 1}, p, patch);
		for (int o = 0; o < O; o++) {
			s->acc[p * O + o] = dot(l->w.q + (size_t)o * K, patch, K);
		}
	}
	s->scale = rule->narrow(&acc, s->y);
	for (size_t i = 0; l->at.relu && i < n; i++) {
		s->y[i] = s->y[i] < 0 ? 0 : s->y[i];
	}
}

static void scatter(const struct shape *l, int32_t *dx, int p, const int32_t *patch)
{
	for (int ky = 0; ky < l->kernel[0]; ky++) {
		for (int kx = 0; kx < l->kernel[1]; kx++, patch += l->in[2]) {
			long from = tap(l, p, ky, kx);

			for (int c = 0; from >= 0 && c < l->in[2]; c++) {
				dx[from + c] += patch[c];
			}
		}
	}
}

/* The gradient, and the error of the input in s->dx. */
static void conv_products(const struct layer *l, struct state *s, bool pass_on)
{
	size_t K = fan_in(&l->at);
	int O = l->at.out[2];

	memset(s->gradient, 0, l->w.n * sizeof(int32_t));
	memset(s->dx, 0, volume(l->at.in) * sizeof(int32_t));
	for (int p = 0; p < positions(&l->at); p++) {
		memset(s->dpatch, 0, K * sizeof(int32_t));
		for (int o = 0; o < O; o++) {
			int32_t e = s->error[p * O + o];

			if (e == 0 || (l->at.relu && s->y[p * O + o] == 0)) {
				continue;
			}
			axpy(s->gradient + (size_t)o * K, e, s->patches + (size_t)p * K, K);
			if (pass_on) {
				axpy(s->dpatch, e, l->w.q + (size_t)o * K, K);
			}
		}
		if (pass_on) {
			scatter(&l->at, s->dx, p, s->dpatch);
		}
	}
}

static void pool_forward(const struct shape *l, struct state *s, const int8_t *in,
			 struct scale scale)
{
	s->scale = scale;
	for (int i = 0; i < positions(l) * l->in[2]; i++) {
		int p = i / l->in[2], c = i % l->in[2], best = -LARGEST - 1;

		for (int t = 0; t < l->kernel[0] * l->kernel[1]; t++) {
			long from = tap(l, p, t / l->kernel[1], t % l->kernel[1]);

			if (from >= 0 && in[from + c] > best) {
				best = in[from + c];
				s->argmax[i] = (int32_t)(from + c);
			}
		}
		s->y[i] = (int8_t)best;
	}
}

static void pool_backward(const struct shape *l, const struct state *s, struct state *below)
{
	memset(below->error, 0, volume(l->in));
	for (size_t i = 0; i < volume(l->out); i++) {
		int8_t *to = &below->error[s->argmax[i]];

		*to = clip(*to + s->error[i]);
	}
	below->error_scale = s->error_scale;
}

static void forward(const struct rule *rule, const struct layer *layer, struct state *s, int n,
		    const struct samples *samples, const int8_t *x)
{
	for (int i = 0; i < n; i++) {
		const int8_t *in = i > 0 ? s[i - 1].y : x;
		struct scale scale = i > 0 ? s[i - 1].scale : (struct scale){.s = samples->exp};

		if (layer[i].at.kind == CONV) {
			conv_forward(rule, &layer[i], &s[i], in, scale);
		} else {
			pool_forward(&layer[i].at, &s[i], in, scale);
		}
	}
}

static void conv_backward(const struct rule *rule, struct layer *l, struct state *s,
			  struct state *below, struct scale in, struct learning *learning)
{
	struct wide gradient = {s->gradient, l->w.n, product(s->error_scale, in)};
	struct wide dx = {s->dx, volume(l->at.in), product(s->error_scale, l->w.scale)};

	conv_products(l, s, below != NULL);
	if (below != NULL) {
		below->error_scale = rule->narrow(&dx, below->error);
	}
	rule->update(&l->w, &gradient, learning);
}

static int best_of(const int32_t *z, int classes)
{
	int best = 0;

	for (int i = 1; i < classes; i++) {
		best = z[i] > z[best] ? i : best;
	}
	return best;
}

static void learn(const struct rule *rule, struct layer *layer, struct state *s, int n,
		  const struct samples *samples, uint16_t label, struct learning *learning)
{
	struct state *last = &s[n - 1];

	last->error_scale = rule->loss(last->y, layer[n - 1].at.out[2], last->scale, label,
				       last->error, learning);
	for (int i = n - 1; i >= 0; i--) {
		struct state *below = i > 0 ? &s[i - 1] : NULL;
		struct scale in = i > 0 ? s[i - 1].scale : (struct scale){.s = samples->exp};

		if (layer[i].at.kind == CONV) {
			conv_backward(rule, &layer[i], &s[i], below, in, learning);
		} else if (below != NULL) {
			pool_backward(&layer[i].at, &s[i], below);
		}
	}
}

/** Make a record's weights, of 7 bits, what the rule begins with. */
void rules_prepare(struct layer *layer, int n, int compound_exponents)
{
	const struct rule *rule = compound_exponents ? &compound : &niti;

	for (int i = 0; i < n; i++) {
		if (layer[i].at.kind == CONV) {
			rule->prepare(&layer[i].w);
		}
	}
}

/** Predict each sample, and learn from it where there are labels.
 * @param out  the prediction made before learning, [count] */
void rules_run(struct layer *layer, int n, int compound_exponents, const struct samples *samples,
	       struct learning *learning, uint16_t *out)
{
	const struct rule *rule = compound_exponents ? &compound : &niti;
	struct state *s = states_new(layer, n);

	for (uint64_t i = 0; i < samples->count; i++) {
		forward(rule, layer, s, n, samples, samples->x + i * samples->length);
		out[i] = (uint16_t)best_of(s[n - 1].acc, layer[n - 1].at.out[2]);
		if (samples->label != NULL) {
			learn(rule, layer, s, n, samples, samples->label[i], learning);
		}
	}
	states_free(s, n);
}
