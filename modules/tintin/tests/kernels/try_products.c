/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels that multiply. Values are as the engine's: weights, errors and scales within
 * +-127, activations also -128 (a sensor's), accumulators so that no sum leaves +-2^30. */
#include "kernel.h"

#define ACC_LIMIT (1 << 29)

#define VECTORS_MAX 5u

/* Rows that one call takes, so that all of them fit. */
static uint32_t draw_count(struct world *w, uint32_t n, uint32_t limit)
{
	uint32_t most = n > 0 ? LENGTH_MAX * 2u / n : limit;

	return (uint32_t)draw(w, "count", 1, (int32_t)(most < limit ? most : limit));
}

static struct tt_rows draw_rows(struct world *w, uint32_t n)
{
	struct tt_rows rows = {.n = n, .count = draw_count(w, n, 11)};

	rows.weight = draw_bytes(w, "weight", n * rows.count, -127);
	rows.start = draw_words(w, "start", rows.count, ACC_LIMIT);
	return rows;
}

/* Some callers let the sums go where they began. */
static int32_t *draw_sums(struct world *w, const struct tt_rows *rows, uint32_t vectors)
{
	if (vectors == 1 && draw(w, "in place", 0, 1) != 0) {
		return (int32_t *)(uintptr_t)rows->start;
	}
	return draw_words(w, "acc", vectors * rows->count, ACC_LIMIT);
}

void try_multiply(struct world *w, union kernel k)
{
	uint32_t n = draw_length_to(w, "n", 200);
	struct tt_rows rows = draw_rows(w, n);
	struct tt_vectors v = {.stride = n + (uint32_t)draw(w, "beyond", 0, 5)};

	v.count = (uint32_t)draw(w, "vectors", 1, (int32_t)VECTORS_MAX);
	v.x = draw_bytes(w, "x", (v.count - 1u) * v.stride + n, -128);
	k.multiply(&rows, &v, draw_sums(w, &rows, v.count));
}

void try_multiply_sparse(struct world *w, union kernel k)
{
	uint32_t n = draw_length(w, "n");
	struct tt_rows rows = draw_rows(w, n);
	struct tt_sparse s = draw_sparse(w, n);

	k.multiply_sparse(&rows, &s, draw_sums(w, &rows, 1));
}

static struct tt_terms draw_terms(struct world *w, uint32_t bytes)
{
	static const char *const names[TT_BLOCK] = {"row0", "row1", "row2", "row3"};
	struct tt_terms terms = {.count = draw_count(w, bytes, TT_BLOCK)};

	for (uint32_t i = 0; i < terms.count; i++) {
		terms.row[i] = draw_bytes(w, names[i], bytes, -128);
		terms.scale[i] = draw(w, "scale", -127, 127);
	}
	return terms;
}

void try_axpy(struct world *w, union kernel k)
{
	struct tt_window window = {.rows = (uint32_t)draw(w, "rows", 0, 5)};
	struct tt_terms terms;

	window.n = draw_length_to(w, "n", window.rows > 1 ? 40 : LENGTH_MAX);
	window.stride = window.n + (uint32_t)draw(w, "beyond", 0, 9);
	window.step = window.n + (uint32_t)draw(w, "beyond the sums", 0, 9);
	terms = draw_terms(w, window.rows > 0 ? (window.rows - 1u) * window.stride + window.n : 0);
	k.axpy(draw_words(w, "acc", window.rows * window.step, ACC_LIMIT), &terms, &window);
}

void try_axpy_sparse(struct world *w, union kernel k)
{
	uint32_t n = draw_length_to(w, "n", 160);
	struct tt_sparse s = draw_sparse(w, n);
	struct tt_terms terms = draw_terms(w, n);

	k.axpy_sparse(draw_words(w, "acc", s.count, ACC_LIMIT), &terms, s.at, s.count);
}
