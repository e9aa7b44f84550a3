/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * A convolution's filters and input, turned so that all that a window sees is one run. Both are laid
 * out [kx][ky][c]: of the input rows that an output row needs, a column's values stand together, and
 * the window of the next position begins some columns further on. Nothing is copied for a position,
 * and no window has an edge: padding is columns and rows of 0.
 *
 * Cores with the DSP extension hold both as int16, which their dual MAC takes as they are, and two
 * filters pair by pair, for one double load; others as int8.
 */
#ifndef TT_PANEL_H_
#define TT_PANEL_H_

#include "kernels.h"

#if defined(__ARM_FEATURE_DSP) && !defined(__ARM_FEATURE_MVE) && !defined(TINTIN_KERNELS_REF)
#define TT_LANES_ARE_WIDE 1
typedef int16_t tt_lane;
#else
#define TT_LANES_ARE_WIDE 0
typedef int8_t tt_lane;
#endif

/** Filters that are multiplied together, packed. */
struct tt_bank {
	tt_lane *weight; /* 4-byte aligned */
	int32_t *start;  /* [count]; what sums begin with */
	uint32_t n;      /* lanes of a filter */
	uint32_t count;
};

/** A filter's shape, or that of the columns: @p across columns of @p down times @p channels. */
struct tt_grid {
	uint32_t down, across, channels;
};

/** Lanes that a filter of @p fan_in weights takes; wide ones come in pairs. */
static inline uint32_t tt_bank_n(uint32_t fan_in)
{
	return TT_LANES_ARE_WIDE ? (fan_in + 1u) & ~1u : fan_in;
}

/** Filters that @p count take the room of; wide ones come in pairs. */
static inline uint32_t tt_bank_count(uint32_t count)
{
	return TT_LANES_ARE_WIDE ? (count + 1u) & ~1u : count;
}

/** Do filters with one row of taps, and rows of the input, stand as packed ones do? */
static inline bool tt_stands_packed(const struct tt_grid *filter)
{
	return !TT_LANES_ARE_WIDE && filter->down == 1;
}

/** Those, then: nothing is copied, and nobody writes there. */
static inline tt_lane *tt_lanes_of(const int8_t *x)
{
	return (tt_lane *)(uintptr_t)x;
}

/** Pack @p count filters [down][across][channels], or take them as they stand. */
void tt_pack(struct tt_bank *bank, const int8_t *weight, const struct tt_grid *filter, uint32_t count);

/** Row number @p y of the columns: @p across values of @p channels each; NULL for padding. */
void tt_spread(tt_lane *columns, const struct tt_grid *grid, uint32_t y, const int8_t *row);

/** Windows that are multiplied with a bank's filters: @p count, @p stride lanes apart. */
struct tt_windows {
	const tt_lane *x;
	uint32_t count, stride;
};

#if TT_LANES_ARE_WIDE

/** acc[j][i] = start_i + sum_k filter_i[k] * window_j[k]; the lane behind the last is read, too. */
void tt_dsp_correlate(const struct tt_bank *bank, const struct tt_windows *w, int32_t *acc);

#define tt_correlate tt_dsp_correlate

#else

static inline void tt_correlate(const struct tt_bank *bank, const struct tt_windows *w, int32_t *acc)
{
	const struct tt_rows rows = {bank->weight, bank->start, bank->n, bank->count};
	const struct tt_vectors vectors = {w->x, w->count, w->stride};

	tt_multiply(&rows, &vectors, acc);
}

#endif

#endif
