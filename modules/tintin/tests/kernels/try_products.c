/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels that multiply and copy. Values are as the engine's: weights, errors and scales within
 * +-127, activations also -128 (a sensor's), accumulators so that no sum leaves +-2^30. */
#include "kernel.h"

#define ACC_LIMIT (1 << 29)

/* Rows that one call takes, so that all of them fit. */
static uint32_t draw_rows(struct world *w, uint32_t n)
{
	uint32_t most = n > 0 ? LENGTH_MAX * 2u / n : TT_BLOCK;

	return (uint32_t)draw(w, "count", 1, most < TT_BLOCK ? (int32_t)most : (int32_t)TT_BLOCK);
}

void try_dot_rows(struct world *w, union kernel k)
{
	uint32_t n = draw_length(w, "n"), count = draw_rows(w, n);
	const int8_t *weight = draw_bytes(w, "weight", n * count, -127);
	const int8_t *a = draw_bytes(w, "a", n, -128);
	int32_t *acc = draw_words(w, "acc", count, ACC_LIMIT);

	k.dot_rows(&(struct tt_rows){.weight = weight, .n = n, .count = count}, a, acc);
}

void try_axpy(struct world *w, union kernel k)
{
	static const char *const names[TT_BLOCK] = {"row0", "row1", "row2", "row3"};
	uint32_t n = draw_length(w, "n");
	struct tt_terms terms = {.count = draw_rows(w, n)};
	int32_t *acc = draw_words(w, "acc", n, ACC_LIMIT);

	for (uint32_t i = 0; i < terms.count; i++) {
		terms.row[i] = draw_bytes(w, names[i], n, -128);
		terms.scale[i] = draw(w, "scale", -127, 127);
	}
	k.axpy(acc, &terms, n);
}

void try_copy_rows(struct world *w, union kernel k)
{
	uint32_t n = draw_length_to(w, "n", 60), count = (uint32_t)draw(w, "count", 0, 11);
	uint32_t stride = n + (uint32_t)draw(w, "beyond", 0, 40);
	uint32_t seen = count > 0 ? (count - 1u) * stride + n : 0;
	const int8_t *from = draw_bytes(w, "from", seen, -128);
	int8_t *to = draw_bytes(w, "to", n * count, -128);

	k.copy_rows(to, &(struct tt_runs){
				.from = from, .n = n, .count = count, .stride = stride});
}
