/* SPDX-License-Identifier: Apache-2.0 */
#include "master.h"

#include <string.h>

#include "kernels/master.h"
#include "random.h"

#define BATCH_FRACTION 6 /* bits that a mini-batch's sum keeps below one master unit */
#define CAP_BITS       4 /* no step beyond 1/16 of the power of two above the largest weight */
#define CAP_FLOOR      3 /* a tensor of zeros counts as one whose largest weight is 4..7 */
#define WEIGHT_EXP_MAX 10
#define PLAIN_LEFT     22 /* an int8 can be multiplied by 2^22 without meeting RN's limit */

struct tt_row tt_master_row(const struct tt_view *v, uint32_t o)
{
	return (struct tt_row){
		.planes = tt_planes(v),
		.first = o * v->fan_in,
		.n = v->fan_in,
	};
}

int tt_step_shift(const struct tt_view *v, const struct tt_backward *b)
{
	return v->state->weight_exp - v->entry->fraction_bits + b->rate_shift -
	       tt_exp(b->error_exp + b->in_exp);
}

int tt_step_cap(const struct tt_view *v, int shift, uint32_t span)
{
	int floor = v->entry->fraction_bits + CAP_FLOOR;
	int bits = v->state->weight_bits > floor ? v->state->weight_bits : floor;
	int cap = tt_bitlen(span) - (bits - CAP_BITS);

	return shift > cap ? shift : cap;
}

static int32_t gather(int32_t sum, int32_t v, int shift, uint8_t batch_log2)
{
	int32_t share = TT_ACC_MAX >> batch_log2;
	int32_t addend = tt_limit(tt_round(v, shift + batch_log2 - BATCH_FRACTION), -share, share);

	return tt_limit(sum + addend, -TT_ACC_MAX, TT_ACC_MAX);
}

static void move_bias(int32_t *bias, int32_t step)
{
	*bias = tt_limit(*bias - step, -TT_BIAS_MAX, TT_BIAS_MAX);
}

void tt_step_bias(const struct tt_view *v, const struct tt_backward *b, uint32_t o, int32_t sum)
{
	int shift = b->rate_shift + TT_BIAS_EXP - b->error_exp;

	if (v->gradient != NULL) {
		int32_t *g = &v->gradient[v->fan_in * v->out.c + o];

		*g = gather(*g, sum, shift, b->batch_log2);
	} else {
		move_bias(&v->bias[o], tt_round(sum, shift));
	}
}

/* An error of 0 leaves its bias as it is. */
void tt_step_biases(const struct tt_view *v, const struct tt_backward *b)
{
	int left = b->error_exp - b->rate_shift - TT_BIAS_EXP;
	bool plain = v->gradient == NULL && left >= 0 && left <= PLAIN_LEFT;
	const int8_t *error = b->error, *stop = error + v->out.c;
	int32_t *bias = v->bias;

	for (; error < stop && plain; error++, bias++) {
		if (*error != 0) {
			move_bias(bias, *error * (1 << left));
		}
	}
	for (; error < stop; error++) {
		if (*error != 0) {
			tt_step_bias(v, b, (uint32_t)(error - b->error), *error);
		}
	}
}

void tt_batch_add(const struct tt_view *v, const struct tt_backward *b,
		  const struct tt_piece *piece)
{
	int32_t *sum = &v->gradient[piece->first];
	int shift = tt_step_shift(v, b);

	for (uint32_t k = 0; k < piece->n; k++) {
		sum[k] = gather(sum[k], piece->g[k], shift, b->batch_log2);
	}
}

void tt_batch_apply(const struct tt_view *v, uint32_t *rng)
{
	uint32_t n = v->fan_in * v->out.c;
	uint32_t span = tt_span(v->gradient, n);
	struct tt_rounding r = {.rng = rng, .shift = tt_step_cap(v, BATCH_FRACTION, span)};

	for (uint32_t o = 0; o < v->out.c; o++) {
		struct tt_row row = tt_master_row(v, o);

		tt_update_gradient(&row, &v->gradient[row.first], &r);
		move_bias(&v->bias[o], tt_round(v->gradient[n + o], BATCH_FRACTION));
	}
	memset(v->gradient, 0, (n + v->out.c) * sizeof(int32_t));
	if (r.limited) {
		tt_rescale(v);
	}
}

void tt_rescale(const struct tt_view *v)
{
	struct tt_planes p = tt_planes(v);
	int32_t half = tt_master_half(p.bits);
	uint32_t n = v->fan_in * v->out.c;

	if (v->state->weight_exp >= WEIGHT_EXP_MAX || (v->entry->flags & TINTIN_LAYER_BOUNDED)) {
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		int32_t m = tt_master_load(p, i) - half;

		tt_master_store(p, i, ((m + 1) >> 1) + half);
	}
	v->state->weight_exp++;
}

/* Byte by byte, which bits differ from the one below; bit 0 of a byte says nothing. */
static uint32_t sign_changes(uint32_t word)
{
	return word ^ word << 1;
}

/* Bits that a weight of the int8 plane has besides its sign, at most. */
static int weight_bits(const int8_t *w, uint32_t n)
{
	uint32_t changes = 0, k = 0;

	for (; k + 4 <= n; k += 4) {
		changes |= sign_changes(tt_load4(&w[k]));
	}
	for (; k < n; k++) {
		changes |= sign_changes((uint8_t)w[k]);
	}
	changes |= changes >> 16;
	changes = (changes | changes >> 8) & 0xfeu;
	return changes != 0 ? tt_bitlen(changes) - 1 : 0;
}

/* OR of |master|, of `count` of them from number k on. */
static uint32_t span_of(struct tt_planes p, uint32_t k, uint32_t count)
{
	int32_t half = tt_master_half(p.bits);
	uint32_t span = 0;

	for (uint32_t stop = k + count; k < stop; k++) {
		span |= tt_abs(tt_master_load(p, k) - half);
	}
	return span;
}

/* The same of those whose int8 has all these bits, by words of four, and of what shares a word. */
static uint32_t span_of_large(struct tt_planes p, uint32_t n, int bits)
{
	uint32_t mask = 0x01010101u << bits, span = 0, k = 0;

	for (; k + 4 <= n; k += 4) {
		if ((sign_changes(tt_load4(&p.weight[k])) & mask) != 0) {
			span |= span_of(p, k, 4);
		}
	}
	return span | span_of(p, k, n - k);
}

/* The largest int8 tells the largest master's bits, but for what it was rounded by. */
uint8_t tt_master_bits(const struct tt_view *v)
{
	struct tt_planes p = tt_planes(v);
	uint32_t n = v->fan_in * v->out.c;
	int bits = weight_bits(p.weight, n);
	int found = bits > 0 ? tt_bitlen(span_of_large(p, n, bits)) : 0;
	bool sure = bits > 0 && found >= bits + p.bits; /* no smaller int8 has a longer master */

	return (uint8_t)(sure ? found : tt_bitlen(span_of(p, 0, n)));
}
