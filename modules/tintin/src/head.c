/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last layer as a table of classes: closing a class, opening one at a prototype, and class
 * means. LEARNER.md, "Classes" and "Nearest class mean". Called between slices, so nothing here
 * costs a step that does not ask for it.
 */
#include "layer.h"

#if TINTIN_TRAINING

#include <string.h>

#include <tintin/error.h>

#include "kernels/kernels.h"
#include "kernels/master.h"
#include "loss.h"
#include "master.h"
#include "network.h"
#include "output.h"
#include "save.h"

#define CLOSED      (-TT_BIAS_MAX)
#define MARGIN      (1 << (-TT_BIAS_EXP - 1)) /* by which a prototype's own sample beats the nearest class: 0.5 */
#define REACH       4  /* what the input adds to the logit of its own prototype, nats */
#define REACH_BITS  16
#define MORE_MAX    (1 << 20) /* far beyond a master, far below 2^30 */
#define MEAN_BITS   14 /* of the reciprocal of a count: 2^16 * 2^14 is the largest product */
#define NORM_BITS   6  /* below a master unit, of the factor that scales a prototype */
#define MEAN_SQUARE 5  /* bits of half the square of the first class mean, real */
#define EXP_LEAST   (-20)
#define EXP_MOST    10

/* The last layer in the middle of a learning step, and the row of the sample's class. */
struct head {
	struct tt_view v;
	struct tt_planes planes;
	struct tintin *net;
	const int8_t *in;
	int32_t *logit;
	int16_t in_exp, acc_exp;
	uint32_t label, first; /* first weight of the row */
};

static struct tt_view last_view(const struct tintin *net)
{
	return tt_view_of(net, tt_layers(net) - 1u, TT_LEARN);
}

static bool is_trained(const struct tintin *net)
{
	return net->layer[tt_layers(net) - 1u].trained;
}

static struct tt_planes planes_of(const struct tt_view *v)
{
	return (struct tt_planes){v->weight, v->fraction, v->entry->fraction_bits};
}

bool tintin_class_is_open(const struct tintin *net, uint16_t label)
{
	return label < net->record->classes && last_view(net).bias[label] > CLOSED;
}

static void close_row(const struct tt_view *v, uint32_t o)
{
	struct tt_planes p = planes_of(v);

	for (uint32_t k = 0; k < v->fan_in; k++) {
		tt_master_store(p, o * v->fan_in + k, tt_master_half(p.bits));
	}
	v->bias[o] = CLOSED;
}

int tintin_class_close(struct tintin *net, uint16_t label)
{
	struct tt_view v;

	if (label >= net->record->classes) {
		return -EDOM;
	}
	if (!is_trained(net)) {
		return -EPERM;
	}
	if (tt_save_busy(net)) {
		return -EBUSY;
	}
	v = last_view(net);
	close_row(&v, label);
	return 0;
}

/* @return 0, or why the head cannot be changed now */
static int head_of(struct tintin *net, struct head *h)
{
	unsigned int last = tt_layers(net) - 1u;

	if (!is_trained(net)) {
		return -EPERM;
	}
	if (net->phase != tt_layers(net) + 1u) {
		return -EINVAL;
	}
	*h = (struct head){.net = net, .v = last_view(net), .label = net->label};
	h->planes = planes_of(&h->v);
	h->in = (const int8_t *)net->arena + (last == 0 ? net->input : net->layer[last - 1].out);
	h->in_exp = last == 0 ? net->record->input_exp : net->layer[last - 1].out_exp;
	h->logit = (int32_t *)(net->arena + net->layer[last].out);
	h->acc_exp = net->layer[last].out_exp;
	h->first = h->label * h->v.fan_in;
	return 0;
}

static int32_t dot(const int8_t *w, const int8_t *x, uint32_t n)
{
	int32_t sum = 0;
	const struct tt_rows row = {.weight = w, .start = &sum, .n = n, .count = 1};

	tt_multiply(&row, &(struct tt_vectors){.x = x, .count = 1}, &sum);
	return sum;
}

static bool is_open_beside(const struct head *h, uint32_t o)
{
	return o != h->label && h->v.bias[o] > CLOSED;
}

/* The open class beside the sample's that is closest to it. @return its number, -1 without any */
static int32_t nearest(const struct head *h)
{
	int32_t best = -1;

	for (uint32_t o = 0; o < h->v.out.c; o++) {
		if (is_open_beside(h, o) && (best < 0 || h->logit[o] > h->logit[best])) {
			best = (int32_t)o;
		}
	}
	return best;
}

/* The k-th master moves to the mean of n targets, of which this is the last. @p share is 2^14 / n. */
static void move_master(const struct head *h, uint32_t k, int32_t target, int32_t share)
{
	int32_t half = tt_master_half(h->planes.bits), limit = TT_WEIGHT_MAX * (1 << h->planes.bits);
	int32_t m = tt_master_load(h->planes, h->first + k) - half;

	target = tt_limit(target, -limit, limit);
	m += ((target - m) * share + (1 << (MEAN_BITS - 1))) >> MEAN_BITS;
	tt_master_store(h->planes, h->first + k, m + half);
}

/* REACH / |a|^2 in units of a master, times 2^shift: what a row gains per unit of input. */
static int32_t gain(const struct head *h, int *shift)
{
	int32_t reach = tt_round(REACH, h->acc_exp), sum = dot(h->in, h->in, h->v.fan_in);
	int over = tt_bitlen((uint32_t)reach) - REACH_BITS;

	over = over > 0 ? over : 0;
	*shift = NORM_BITS - over;
	/* Below 2^30; and |a| <= sqrt(sum) keeps each product with it below 2^30, too. */
	return sum > 0 ? ((reach >> over) << (h->planes.bits + NORM_BITS)) / sum : 0;
}

/* Row: that of the nearest class, and on top the input, so that it takes over around the sample. */
static void imprint_row(const struct head *h, int32_t best, int32_t n)
{
	int32_t half = tt_master_half(h->planes.bits);
	int shift;
	int32_t factor = gain(h, &shift);

	for (uint32_t k = 0; k < h->v.fan_in; k++) {
		uint32_t at = (uint32_t)best * h->v.fan_in + k;
		int32_t more = tt_limit(tt_round(h->in[k] * factor, shift), -MORE_MAX, MORE_MAX);

		move_master(h, k, tt_master_load(h->planes, at) - half + more,
			    (1 << MEAN_BITS) / n);
	}
}

/* Bias: the sample's own logit is the largest by the margin, in the mean over n samples. */
static void imprint_bias(const struct head *h, int32_t best, int32_t n)
{
	int32_t acc = dot(&h->v.weight[h->first], h->in, h->v.fan_in);
	int32_t bias, *b = &h->v.bias[h->label];

	bias = tt_round(tt_limit(h->logit[best] - acc, -TT_ACC_MAX, TT_ACC_MAX),
			TT_BIAS_EXP - h->acc_exp);
	bias = tt_limit(bias + MARGIN, CLOSED + 1, TT_BIAS_MAX);
	*b = n == 1 ? bias : *b + (bias - *b) / n;
	tt_align_biases(&bias, b, 1, h->acc_exp);
	h->logit[h->label] = acc + bias;
}

static void open_at_zero(const struct head *h)
{
	close_row(&h->v, h->label);
	h->v.bias[h->label] = 0;
	h->logit[h->label] = 0;
}

int tintin_class_imprint(struct tintin *net, uint16_t n)
{
	struct head h;
	int error = head_of(net, &h);
	int32_t best;

	if (error) {
		return error;
	}
	best = nearest(&h);
	if (n == 0 || best < 0) {
		open_at_zero(&h);
	} else {
		imprint_row(&h, best, n);
		imprint_bias(&h, best, n);
	}
	return 0;
}

/* The first mean of all fixes the exponent, so that half of squares are about 2^MEAN_SQUARE. */
static void choose_exponent(const struct head *h)
{
	int bits = tt_bitlen((uint32_t)dot(h->in, h->in, h->v.fan_in)) - 1 + h->in_exp - MEAN_SQUARE;

	h->v.state->weight_exp = (int8_t)tt_limit(-bits, EXP_LEAST, EXP_MOST);
}

static void finish(struct tintin *net)
{
	const struct tt_layer *last = &net->layer[tt_layers(net) - 1u];

	net->before = tt_softmax((int32_t *)(net->arena + last->out), net->record->classes,
				 last->out_exp);
	net->phase = 0;
	net->step++;
}

int tintin_class_mean(struct tintin *net, uint16_t n)
{
	struct head h;
	int32_t half_square;
	int error = n == 0 ? -EINVAL : head_of(net, &h);

	if (error) {
		return error;
	}
	if (nearest(&h) < 0 && n == 1) {
		choose_exponent(&h);
	}
	for (uint32_t k = 0; k < h.v.fan_in; k++) {
		move_master(&h, k, h.in[k] * (1 << h.planes.bits), (1 << MEAN_BITS) / n);
	}
	half_square = dot(&h.v.weight[h.first], &h.v.weight[h.first], h.v.fan_in);
	half_square = tt_round(half_square,
			       TT_BIAS_EXP + 1 - h.v.state->weight_exp - h.in_exp);
	h.v.bias[h.label] = tt_limit(-half_square, CLOSED + 1, TT_BIAS_MAX);
	finish(net);
	return 0;
}

#endif
