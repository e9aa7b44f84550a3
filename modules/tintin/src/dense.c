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

/* Columns of the error that are summed at once: bounds the int32 scratch whatever K is. */
#define COLUMNS 64u

static void dense_forward(const struct tt_view *v, struct tt_forward *f)
{
	struct tt_output out = tt_output(v, f, v->state->weight_exp + f->in_exp);

	for (uint32_t o = 0; o < v->out.c; o += TT_BLOCK) {
		struct tt_rows rows = tt_rows_from(v, o);
		int32_t acc[TT_BLOCK];

		for (uint32_t i = 0; i < rows.count; i++) {
			acc[i] = tt_aligned_bias(v->bias[o + i], out.acc_exp);
		}
		tt_dot_rows(&rows, f->in, acc);
		tt_output_put(&out, o, acc, rows.count);
	}
	f->span = out.span;
	f->out_exp = out.exp;
}

#if TINTIN_TRAINING

static void dense_backward(const struct tt_view *v, struct tt_backward *b)
{
	struct tt_in_error dx = tt_in_error(v, b, v->state->weight_exp);
	int32_t *acc = v->scratch;

	for (uint32_t k = 0; k < v->fan_in; k += COLUMNS) {
		uint32_t n = v->fan_in - k < COLUMNS ? v->fan_in - k : COLUMNS;

		memset(acc, 0, n * sizeof(*acc));
		for (uint32_t o = 0; o < v->out.c;) {
			struct tt_terms terms;

			o = tt_terms_from(&terms, v, b->error, o);
			for (uint32_t i = 0; i < terms.count; i++) {
				terms.row[i] += k;
			}
			tt_axpy(acc, &terms, n);
		}
		tt_in_error_put(&dx, acc, k, n);
	}
	b->span = dx.span;
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

/* A mini-batch gathers the outer product in pieces that fit the scratch. */
static void dense_gather(const struct tt_view *v, struct tt_backward *b, uint32_t o)
{
	for (uint32_t k = 0; k < v->fan_in; k += COLUMNS) {
		uint32_t n = v->fan_in - k < COLUMNS ? v->fan_in - k : COLUMNS;
		int32_t *g = v->scratch;

		memset(g, 0, n * sizeof(*g));
		tt_axpy(g, &(struct tt_terms){{&b->in[k]}, {b->error[o]}, 1}, n);
		tt_batch_add(v, b, &(struct tt_piece){.g = g, .first = o * v->fan_in + k, .n = n});
	}
}

static void dense_update(const struct tt_view *v, struct tt_backward *b)
{
	uint32_t span = largest(b->error, v->out.c) * largest(b->in, v->fan_in);
	struct tt_rounding r = {
		.rng = b->rng,
		.shift = tt_step_cap(v, tt_step_shift(v, b), span),
	};

	for (uint32_t o = 0; o < v->out.c; o++) {
		if (b->error[o] == 0) {
			continue;
		}
		if (v->gradient != NULL) {
			dense_gather(v, b, o);
		} else {
			struct tt_row row = tt_master_row(v, o);

			tt_update_outer(&row, b->in, b->error[o], &r);
		}
		tt_step_bias(v, b, o, b->error[o]);
	}
	if (r.limited) {
		tt_rescale(v);
	}
}

#endif

static uint32_t dense_scratch(const struct tt_view *v, bool training)
{
	return !training ? 0 : (v->fan_in < COLUMNS ? v->fan_in : COLUMNS) * sizeof(int32_t);
}

const struct tt_op tt_dense = {
	.forward = dense_forward,
#if TINTIN_TRAINING
	.backward = dense_backward,
	.update = dense_update,
#endif
	.scratch = dense_scratch,
};
