/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dense layer. Input a [K], whatever its shape, weights w [O][K], output [O].
 *
 *   forward   acc_o = b_o + sum_k w[o,k] a_k
 *   backward  dx_k  = sum_o w[o,k] e_o
 *   update    g[o,k] = e_o a_k
 */
#include "kernels/kernels.h"
#include "master.h"
#include "output.h"

/* The scratch holds either what a search for the input's non-zeros found, or K sums. */
static struct tt_sparse search(const struct tt_view *v, const int8_t *x, bool sums)
{
	int32_t *sum = v->scratch;
	struct tt_sparse s = {
		.x = x,
		.at = (uint16_t *)(sum + v->fan_in + 3u),
		.sum = sums ? sum : NULL,
		.n = v->fan_in,
	};

	tt_compress(&s);
	return s;
}

/* Where the input is mostly zeros, its places are worth the search; predicting has no room. */
static bool worth_it(const struct tt_view *v, const struct tt_sparse *s)
{
	return s->count * 16u <= v->fan_in * TT_SPARSE_WINS;
}

static void dense_forward(const struct tt_view *v, struct tt_forward *f)
{
	struct tt_output out = tt_output(v, f, v->state->weight_exp + f->in_exp);
	bool sparse = TINTIN_TRAINING && TT_SPARSE_WINS > 0 && v->learns;
	struct tt_sparse s;
	int32_t here[TT_OUTPUTS];

	if (sparse) {
		s = search(v, f->in, false);
		sparse = worth_it(v, &s);
	}
	for (uint32_t o = 0; o < v->out.c; o += TT_OUTPUTS) {
		int32_t *acc = out.logits != NULL ? &out.logits[o] : here;
		struct tt_rows rows = {
			.weight = &v->weight[o * v->fan_in],
			.start = acc,
			.n = v->fan_in,
			.count = v->out.c - o < TT_OUTPUTS ? v->out.c - o : TT_OUTPUTS,
		};

		tt_align_biases(acc, &v->bias[o], rows.count, out.acc_exp);
		if (sparse) {
			tt_multiply_sparse(&rows, &s, acc);
		} else {
			tt_multiply(&rows, &(struct tt_vectors){.x = f->in, .count = 1}, acc);
		}
		if (out.logits == NULL) {
			tt_output_put(&out, o, acc, rows.count);
		}
	}
	f->span = out.q.span;
	f->out_exp = out.exp;
}

#if TINTIN_TRAINING

static void dense_backward(const struct tt_view *v, struct tt_backward *b)
{
	struct tt_in_error dx = tt_in_error(v, b, v->state->weight_exp);
	const struct tt_window row = {.n = v->fan_in, .rows = 1};
	int32_t *acc = v->scratch;

	tt_clear(acc, v->fan_in);
	for (uint32_t o = 0; o < v->out.c;) {
		struct tt_terms terms;

		o = tt_terms_from(&terms, v, b->error, o);
		if (terms.count > 0) {
			tt_axpy(acc, &terms, &row);
		}
	}
	tt_in_error_put(&dx, acc, 0, v->fan_in);
	b->span = dx.q.span;
	b->in_error_exp = dx.exp;
}

static uint32_t largest(const int8_t *x, uint32_t n)
{
	uint32_t max = 0;

	for (uint32_t i = 0; i < n; i++) {
		uint32_t magnitude = tt_abs(x[i]);

		max = magnitude > max ? magnitude : max;
	}
	return max;
}

/* A mini-batch gathers a row of the outer product at a time. */
static void gather_row(const struct tt_view *v, struct tt_backward *b, uint32_t o)
{
	int32_t *g = v->scratch;

	tt_clear(g, v->fan_in);
	tt_axpy(g, &(struct tt_terms){{b->in}, {b->error[o]}, 1},
		&(struct tt_window){.n = v->fan_in, .rows = 1});
	tt_batch_add(v, b, &(struct tt_piece){.g = g, .first = o * v->fan_in, .n = v->fan_in});
}

static void gather(const struct tt_view *v, struct tt_backward *b)
{
	for (uint32_t o = 0; o < v->out.c; o++) {
		if (b->error[o] != 0) {
			gather_row(v, b, o);
		}
	}
}

#define SPAN_MAX (127u * 128u) /* of a product of two int8 */

/* The step cap is the largest product's, which is looked for only where it can matter. */
static int step_shift(const struct tt_view *v, const struct tt_backward *b)
{
	int shift = tt_step_shift(v, b);

	if (tt_step_cap(v, shift, SPAN_MAX) == shift) {
		return shift;
	}
	return tt_step_cap(v, shift, largest(b->error, v->out.c) * largest(b->in, v->fan_in));
}

static void step(const struct tt_view *v, struct tt_backward *b)
{
	const struct tt_outer g = {b->error, v->out.c, search(v, b->in, true)};
	const struct tt_planes planes = tt_planes(v);
	struct tt_rounding r = {.rng = b->rng, .shift = step_shift(v, b)};

	tt_update_outer(&planes, &g, &r);
	if (r.limited) {
		tt_rescale(v);
	}
}

static void dense_update(const struct tt_view *v, struct tt_backward *b)
{
	if (v->gradient != NULL) {
		gather(v, b);
	} else {
		step(v, b);
	}
	tt_step_biases(v, b);
}

#endif

static uint32_t dense_scratch(const struct tt_view *v, bool training)
{
	/* K + 3 sums of four bytes and K places of two, or K sums. */
	return !training ? 0 : (v->fan_in + 3u) * 4u + tt_align4(2u * v->fan_in);
}

const struct tt_op tt_dense = {
	.forward = dense_forward,
#if TINTIN_TRAINING
	.backward = dense_backward,
	.update = dense_update,
#endif
	.scratch = dense_scratch,
};
