/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A convolution's forward pass: filters are packed, the columns that a row of outputs sees are laid
 * beside each other, and the two are multiplied several positions and filters at a time.
 */
#include "conv2d.h"
#include "kernels/kernels.h"
#include "kernels/panel.h"
#include "output.h"

/*
 * What the forward pass keeps in the scratch. Filters are packed anew in each call, as many together
 * as there is room for; all output rows are made with them, a few positions at a time. The room is
 * the same on every target, so that an arena is: that of wide lanes, of which BANK_BYTES hold at
 * least FILTERS_LEAST filters. Narrow ones are half as long.
 */
#define BANK_BYTES    2560u
#define FILTERS_LEAST 4u
#define POSITIONS     8u

struct panel {
	struct tt_bank bank;
	int32_t *acc;         /* [POSITIONS][bank.count] */
	tt_lane *columns;     /* what one output row sees */
	struct tt_grid grid;  /* of the columns */
	struct tt_grid input; /* of those that lie inside the input */
	bool whole;           /* nothing is padded: one row of taps sees a row of the input as it is */
};

static uint32_t even(uint32_t n)
{
	return (n + 1u) & ~1u;
}

/* Filters that the room of wide lanes holds. */
static uint32_t filters_of_room(const struct tt_view *v)
{
	uint32_t fit = BANK_BYTES / (even(v->fan_in) * 2u) & ~(FILTERS_LEAST - 1u);

	return tt_smaller(tt_larger(fit, FILTERS_LEAST), even(v->out.c));
}

static uint32_t bank_bytes(const struct tt_view *v)
{
	return filters_of_room(v) * even(v->fan_in) * 2u;
}

static uint32_t filters_at_most(const struct tt_view *v)
{
	return tt_smaller(2u * filters_of_room(v), even(v->out.c));
}

static struct tt_grid columns_of(const struct tt_view *v)
{
	return (struct tt_grid){
		.down = v->entry->kernel_h,
		.across = (v->out.w - 1u) * v->entry->stride_w + v->entry->kernel_w,
		.channels = v->in.c,
	};
}

/* A window of an odd number of wide lanes is read one lane beyond. */
static uint32_t columns_bytes(const struct tt_grid *g)
{
	return tt_align4((g->down * g->across * g->channels + 1u) * 2u);
}

uint32_t tt_conv2d_forward_scratch(const struct tt_view *v)
{
	struct tt_grid g = columns_of(v);

	return (1u + POSITIONS) * filters_at_most(v) * (uint32_t)sizeof(int32_t) + bank_bytes(v) +
	       columns_bytes(&g);
}

static struct panel panel_of(const struct tt_view *v)
{
	uint32_t together = TT_LANES_ARE_WIDE ? filters_of_room(v) : filters_at_most(v);
	int32_t *start = v->scratch, *acc = start + filters_at_most(v);
	tt_lane *weight = (tt_lane *)(acc + POSITIONS * filters_at_most(v));
	struct panel p = {
		.bank = {weight, start, tt_bank_n(v->fan_in), together},
		.acc = acc,
		.columns = (tt_lane *)((int8_t *)weight + bank_bytes(v)),
		.grid = columns_of(v),
	};

	p.input = p.grid;
	p.input.across = tt_smaller(p.grid.across - v->entry->pad_left, v->in.w);
	p.whole = tt_stands_packed(&p.grid) && p.grid.across <= v->in.w && v->entry->pad_left == 0;
	return p;
}

/* Columns of padding stay 0 from here on. */
static void clear_columns(const struct panel *p)
{
	uint32_t lanes = p->grid.down * p->grid.across * p->grid.channels;

	tt_clear((int32_t *)p->columns, (lanes * (uint32_t)sizeof(tt_lane) + 3u) / 4u);
}

/* What output row y sees. */
static const tt_lane *columns_seen(const struct tt_view *v, const struct panel *p, const int8_t *in,
				   uint32_t y)
{
	uint32_t row = (uint32_t)v->in.w * v->in.c;
	tt_lane *first = p->columns + v->entry->pad_left * p->grid.down * p->grid.channels;
	int32_t origin = tt_conv2d_rows(v, y).origin;

	if (p->whole) {
		return tt_lanes_of(&in[(uint32_t)origin * row]);
	}
	for (uint32_t ky = 0; ky < p->grid.down; ky++) {
		int32_t iy = origin + (int32_t)ky;
		bool inside = iy >= 0 && iy < v->in.h;

		tt_spread(first, &p->input, ky, inside ? &in[(uint32_t)iy * row] : NULL);
	}
	return p->columns;
}

/* Outputs from number `first` on of `count` positions, of filters o .. o + together - 1. */
static void put_positions(const struct tt_view *v, const struct panel *p, struct tt_output *out,
			  uint32_t first, uint32_t count)
{
	uint32_t channels = v->out.c, o = first % channels;
	uint32_t together = tt_smaller(channels - o, p->bank.count);

	if (p->bank.count == channels) {
		tt_output_put(out, first, p->acc, count * channels);
		return;
	}
	for (uint32_t j = 0; j < count; j++) {
		tt_output_put(out, first + j * channels, &p->acc[j * p->bank.count], together);
	}
}

/* A row of outputs, the first of which is number `first`, from the columns that it sees. */
static void forward_row(const struct tt_view *v, const struct panel *p, const tt_lane *seen,
			uint32_t first, struct tt_output *out)
{
	uint32_t across = v->entry->stride_w * p->grid.down * p->grid.channels;
	struct tt_windows w = {.x = seen, .stride = across};

	for (uint32_t x = 0; x < v->out.w; x += w.count, w.x += w.count * across) {
		w.count = tt_smaller(v->out.w - x, POSITIONS);
		tt_correlate(&p->bank, &w, p->acc);
		put_positions(v, p, out, first + x * v->out.c, w.count);
	}
}

void tt_conv2d_forward(const struct tt_view *v, struct tt_forward *f)
{
	struct tt_output out = tt_output(v, f, v->state->weight_exp + f->in_exp);
	struct tt_grid filter = {v->entry->kernel_h, v->entry->kernel_w, v->in.c};
	struct panel p = panel_of(v);
	uint32_t together = p.bank.count, row = (uint32_t)v->out.w * v->out.c, count;

	if (!p.whole) {
		clear_columns(&p);
	}
	for (uint32_t o = 0; o < v->out.c; o += count) {
		count = tt_smaller(v->out.c - o, together);
		p.bank.count = tt_bank_count(count);
		p.bank.start[p.bank.count - 1u] = 0;
		tt_align_biases(p.bank.start, &v->bias[o], count, out.acc_exp);
		tt_pack(&p.bank, &v->weight[o * v->fan_in], &filter, count);
		for (uint32_t y = 0; y < v->out.h; y++) {
			forward_row(v, &p, columns_seen(v, &p, f->in, y), y * row + o, &out);
		}
	}
	f->span = out.q.span;
	f->out_exp = out.exp;
}
