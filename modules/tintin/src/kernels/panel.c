/* SPDX-License-Identifier: Apache-2.0 */
#include "panel.h"

#include "scalar.h"

#if defined(__ARM_FEATURE_MVE)
#include <arm_mve.h>
#endif

/* Where a filter's lanes go: from one to the next by `step`, which alternates with step ^ turn. */
struct lanes {
	tt_lane *to;
	uint32_t step, turn;
};

/* Wide lanes stand [i / 2][k / 2][i % 2][k % 2]. */
TT_INLINE struct lanes lanes_of(const struct tt_bank *bank, uint32_t i)
{
	if (TT_LANES_ARE_WIDE) {
		return (struct lanes){bank->weight + (i & ~1u) * bank->n + (i & 1u) * 2u, 1, 1 ^ 3};
	}
	return (struct lanes){bank->weight + i * bank->n, 1, 0};
}

TT_INLINE void put(struct lanes *l, int8_t value)
{
	*l->to = value;
	l->to += l->step;
	l->step ^= l->turn;
}

static void pack_one(const struct tt_bank *bank, uint32_t i, const int8_t *weight,
		     const struct tt_grid *filter)
{
	uint32_t channels = filter->channels, row = filter->across * channels;
	struct lanes l = lanes_of(bank, i);

	for (uint32_t x = 0; x < filter->across; x++, weight += channels) {
		const int8_t *w = weight;

		for (uint32_t y = 0; y < filter->down; y++, w += row) {
			for (const int8_t *c = w, *stop = w + channels; c < stop;) {
				put(&l, *c++);
			}
		}
	}
	if (TT_LANES_ARE_WIDE && l.step != 1) { /* the other of the last pair */
		put(&l, 0);
	}
}

void tt_pack(struct tt_bank *bank, const int8_t *weight, const struct tt_grid *filter, uint32_t count)
{
	uint32_t fan_in = filter->down * filter->across * filter->channels;

	if (tt_stands_packed(filter)) {
		bank->weight = tt_lanes_of(weight);
		return;
	}
	for (uint32_t i = 0; i < count; i++, weight += fan_in) {
		pack_one(bank, i, weight, filter);
	}
	if (count < bank->count) { /* the other of the last two */
		struct lanes l = lanes_of(bank, count);

		for (uint32_t k = 0; k < bank->n; k++) {
			put(&l, 0);
		}
	}
}

#if defined(__ARM_FEATURE_MVE)

struct strides {
	uint32_t to, from;
};

/* Runs of at most sixteen lanes: per run a load, a store, 2 additions, 4 of predicate and loop. */
static void copy_runs(tt_lane *to, const int8_t *row, uint32_t count, struct strides by)
{
	mve_pred16_t p = vctp8q(by.from);

	for (; count > 0; count--, to += by.to, row += by.from) {
		vstrbq_p_s8(to, vldrbq_z_s8(row, p), p);
	}
}

/* Single lanes, sixteen at once: load, scattering store, addition, LETP. */
static void copy_singles(tt_lane *to, const int8_t *row, uint32_t count, uint32_t step)
{
	uint8x16_t at = vmulq_n_u8(vidupq_n_u8(0, 1), (uint8_t)step);

	__asm__ volatile("dlstp.8 lr, %[n]\n"
			 "1:\n"
			 "vldrb.8 q0, [%[row]], #16\n"
			 "vstrb.8 q0, [%[to], %q[at]]\n"
			 "add %[to], %[to], %[ahead]\n"
			 "letp lr, 1b\n"
			 : [row] "+r"(row), [to] "+r"(to)
			 : [n] "r"(count), [at] "w"(at), [ahead] "r"(16u * step)
			 : "lr", "q0", "memory");
}

/* Whether it was done: of many channels the plain loop is as good. */
static bool spread_vectors(tt_lane *to, const int8_t *row, const struct tt_grid *grid)
{
	uint32_t step = grid->down * grid->channels;

	if (grid->channels == 1 && 15u * step <= UINT8_MAX) {
		copy_singles(to, row, grid->across, step);
	} else if (grid->channels > 1 && grid->channels <= 16) {
		copy_runs(to, row, grid->across, (struct strides){step, grid->channels});
	} else {
		return false;
	}
	return true;
}

#else

static bool spread_vectors(tt_lane *to, const int8_t *row, const struct tt_grid *grid)
{
	(void)to;
	(void)row;
	(void)grid;
	return false;
}

#endif

TT_INLINE void copy(tt_lane *to, const int8_t *from, uint32_t n)
{
	for (; n >= 2; n -= 2, to += 2, from += 2) {
		to[0] = from[0];
		to[1] = from[1];
	}
	if (n > 0) {
		*to = *from;
	}
}

void tt_spread(tt_lane *columns, const struct tt_grid *grid, uint32_t y, const int8_t *row)
{
	uint32_t channels = grid->channels, step = grid->down * channels;
	tt_lane *to = columns + y * channels, *stop = to + grid->across * step;

	if (row != NULL && spread_vectors(to, row, grid)) {
		return;
	}
	if (row == NULL) {
		for (; to < stop; to += step) {
			for (uint32_t c = 0; c < channels; c++) {
				to[c] = 0;
			}
		}
	} else if (channels == 1) {
		for (; to < stop; to += step) {
			*to = *row++;
		}
	} else {
		for (; to < stop; to += step, row += channels) {
			copy(to, row, channels);
		}
	}
}
