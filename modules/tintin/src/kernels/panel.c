/* SPDX-License-Identifier: Apache-2.0 */
#include "panel.h"

#include "scalar.h"

/* Where lane k of filter i lies. */
TT_INLINE uint32_t place(const struct tt_bank *bank, uint32_t i, uint32_t k)
{
	if (TT_LANES_ARE_WIDE) { /* [i / 2][k / 2][i % 2][k % 2] */
		return (i & ~1u) * bank->n + (k & ~1u) * 2u + (i & 1u) * 2u + (k & 1u);
	}
	return i * bank->n + k;
}

static void pack_one(const struct tt_bank *bank, uint32_t i, const int8_t *weight,
		     const struct tt_grid *filter)
{
	uint32_t channels = filter->channels, row = filter->across * channels, k = 0;

	for (uint32_t x = 0; x < filter->across; x++, weight += channels) {
		const int8_t *w = weight;

		for (uint32_t y = 0; y < filter->down; y++, w += row) {
			for (uint32_t c = 0; c < channels; c++) {
				bank->weight[place(bank, i, k++)] = w[c];
			}
		}
	}
	for (; k < bank->n; k++) {
		bank->weight[place(bank, i, k)] = 0;
	}
}

void tt_pack(const struct tt_bank *bank, const int8_t *weight, const struct tt_grid *filter,
	     uint32_t count)
{
	uint32_t fan_in = filter->down * filter->across * filter->channels;

	for (uint32_t i = 0; i < count; i++, weight += fan_in) {
		pack_one(bank, i, weight, filter);
	}
	if (count < bank->count) { /* the other of the last pair */
		for (uint32_t k = 0; k < bank->n; k++) {
			bank->weight[place(bank, count, k)] = 0;
		}
	}
}

void tt_spread(tt_lane *columns, const struct tt_grid *grid, uint32_t y, const int8_t *row)
{
	uint32_t channels = grid->channels, step = grid->down * channels;
	tt_lane *to = columns + y * channels, *stop = to + grid->across * step;

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
			for (uint32_t c = 0; c < channels; c++) {
				to[c] = row[c];
			}
		}
	}
}
