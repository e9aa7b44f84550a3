/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Tin-Tin paper (arXiv 2504.09405): compound exponents. Besides a shift, a tensor has two fine
 * exponents, so that one whose maximum leaves a band of the int8 range is scaled by 4/3 or 4/5
 * with adds of shifted copies, not halved. A gradient is brought to the weights' own scale, capped
 * some bits below the largest weight, rounded to nearest and subtracted.
 *
 * Known from the paper's abstract and reviews: the three exponents, scaling by sums of powers of
 * two, int8 tensors and int32 accumulators, W <- clip(W - G) at the weights' scale, weights scaled
 * up to fill int8 at the start. Assumed: the ratios 4/3 and 4/5, the band 32..112, the cap's
 * margin of 4 bits, one rounding for each scaling, a learning rate that is a power of two, a batch
 * of one sample, and the softmax cross-entropy of this project's engine for the loss.
 */
#include <stdbool.h>

#include "loss.h"
#include "rule.h"

#define BAND_LOW  32
#define BAND_HIGH 112
#define MARGIN    4
#define GUARD     8   /* bits kept below a value while it is scaled */
#define MAX_STEPS 40  /* of one fine exponent in an alignment: 2^17 */
#define MAX_CLASSES 1024

/* Sums of powers of two: 4/3 and 4/5 within half a percent, their inverses exactly. */
static int64_t by_4_3(int64_t v)
{
	return v + (v >> 2) + (v >> 4) + (v >> 6);
}

static int64_t by_3_4(int64_t v)
{
	return (v >> 1) + (v >> 2);
}

static int64_t by_4_5(int64_t v)
{
	return (v >> 1) + (v >> 2) + (v >> 5) + (v >> 6);
}

static int64_t by_5_4(int64_t v)
{
	return v + (v >> 2);
}

static int64_t repeated(int64_t v, int n, int64_t (*up)(int64_t), int64_t (*down)(int64_t))
{
	n = n > MAX_STEPS ? MAX_STEPS : n < -MAX_STEPS ? -MAX_STEPS : n;
	for (; n > 0; n--) {
		v = up(v);
	}
	for (; n < 0; n++) {
		v = down(v);
	}
	return v;
}

/* The same real value where the fine exponents are other ones, with GUARD bits more below. */
static int64_t aligned(int32_t v, struct scale from, struct scale to)
{
	int64_t wide = (int64_t)v * (1 << GUARD);

	wide = repeated(wide, from.u - to.u, by_4_3, by_3_4);
	return repeated(wide, from.d - to.d, by_4_5, by_5_4);
}

static uint32_t largest_weight(const struct weights *w)
{
	uint32_t max = 0;

	for (size_t k = 0; k < w->n; k++) {
		max = magnitude(w->q[k]) > max ? magnitude(w->q[k]) : max;
	}
	return max;
}

static void scale_all(struct weights *w, int64_t (*ratio)(int64_t))
{
	for (size_t k = 0; k < w->n; k++) {
		w->q[k] = clip(nearest(ratio((int64_t)w->q[k] * (1 << GUARD)), GUARD));
	}
}

/* Scale until the largest is inside the band; what the weights stand for stays. */
static void into_band(struct weights *w, uint32_t low)
{
	uint32_t max = largest_weight(w);

	for (; max > BAND_HIGH; max = largest_weight(w)) {
		scale_all(w, by_4_5);
		w->scale.d -= 1;
	}
	for (; max > 0 && max < low; max = largest_weight(w)) {
		scale_all(w, by_4_3);
		w->scale.u -= 1;
	}
}

/* At the start the weights fill int8: as far up as one more scaling would leave the band. */
static void prepare(struct weights *w)
{
	into_band(w, BAND_HIGH * 3 / 4);
}

static struct scale narrow(const struct wide *acc, int8_t *out)
{
	uint32_t max = largest(acc);
	int shift = bits(max) - 7;
	struct scale scale = acc->scale;
	bool down;

	shift = shift > 0 ? shift : 0;
	down = max >> shift > BAND_HIGH;
	for (size_t i = 0; i < acc->n; i++) {
		int64_t v = (int64_t)acc->v[i] * (1 << GUARD);

		out[i] = clip(nearest(down ? by_4_5(v) : v, shift + GUARD));
	}
	scale.s += shift;
	scale.d -= down;
	return scale;
}

static struct scale loss(const int8_t *logits, int classes, struct scale scale, int label,
			 int8_t *error, struct learning *learning)
{
	int32_t z[MAX_CLASSES];
	struct tt_loss at = {z, (uint32_t)classes, (uint16_t)label, 8};
	bool any;

	(void)learning;
	for (int i = 0; i < classes; i++) {
		z[i] = (int32_t)aligned(logits[i], scale, (struct scale){0});
	}
	tt_softmax(z, (uint32_t)classes, scale.s - GUARD);
	return (struct scale){.s = tt_loss_error(&at, error, &any)};
}

static void update(struct weights *w, struct wide *gradient, struct learning *learning)
{
	int shift = w->scale.s - gradient->scale.s + learning->setting + GUARD;
	int cap = bits(largest_weight(w)) - MARGIN, room;
	int32_t max = (int32_t)largest(gradient);
	int64_t top = aligned(max, gradient->scale, w->scale);

	for (room = 0; top >> room > 0; room++) {
	}
	shift = shift > room - cap ? shift : room - cap;
	shift = shift < 0 ? 0 : shift > 62 ? 62 : shift;
	for (size_t k = 0; k < w->n; k++) {
		if (gradient->v[k] != 0) {
			int64_t g = aligned(gradient->v[k], gradient->scale, w->scale);

			w->q[k] = clip(w->q[k] - nearest(g, shift));
		}
	}
	into_band(w, BAND_LOW);
}

const struct rule compound = {prepare, narrow, loss, update};
