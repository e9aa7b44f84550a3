/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels between the products: places of non-zeros, copies, accumulators to int8. */
#include "kernel.h"

#include <stddef.h>

#define ACC_LIMIT ((1 << 30) - 1)

static struct tt_sparse draw_vector(struct world *w, uint32_t n)
{
	return (struct tt_sparse){
		.x = draw_bytes(w, "x", n, -128),
		.at = (uint16_t *)draw_words(w, "at", (n + 1u) / 2u, INT32_MAX),
		.n = n,
	};
}

void (*sparse_compress)(struct tt_sparse *s);

struct tt_sparse draw_sparse(struct world *w, uint32_t n)
{
	struct tt_sparse s = draw_vector(w, n);

	s.sum = draw_words(w, "sum", n + 3u, INT32_MAX);
	sparse_compress(&s);
	return s;
}

/* What a variant keeps beside the places is its own affair. */
void try_compress(struct world *w, union kernel k)
{
	uint32_t n = draw_length(w, "n");
	bool sums = draw(w, "sums", 0, 1) != 0;
	struct tt_sparse s = draw_vector(w, n);
	uint32_t *found = (uint32_t *)draw_words(w, "count", 1, INT32_MAX);

	s.sum = sums ? draw_words(w, "sum", n + 3u, INT32_MAX) : NULL;
	k.compress(&s);
	for (uint32_t i = s.count; i < n + n % 2u; i++) {
		s.at[i] = 0;
	}
	for (uint32_t i = 0; sums && i < n + 3u; i++) {
		s.sum[i] = 0;
	}
	*found = s.count;
}

void try_copy_rows(struct world *w, union kernel k)
{
	struct tt_window window = {.n = draw_length_to(w, "n", 60)};
	uint32_t seen;

	window.rows = (uint32_t)draw(w, "rows", 0, 11);
	window.stride = window.n + (uint32_t)draw(w, "beyond", 0, 40);
	seen = window.rows > 0 ? (window.rows - 1u) * window.stride + window.n : 0;
	{
		const int8_t *from = draw_bytes(w, "from", seen, -128);

		k.copy_rows(draw_bytes(w, "to", window.n * window.rows, -128), from, &window);
	}
}

void try_clear(struct world *w, union kernel k)
{
	uint32_t n = draw_length(w, "n");

	k.clear(draw_words(w, "acc", n, ACC_LIMIT), n);
}

/* Only the bit length of the span counts. */
static uint32_t bits(uint32_t v)
{
	return v == 0 ? 0 : 32u - (uint32_t)__builtin_clz(v);
}

void try_span(struct world *w, union kernel k)
{
	uint32_t n = draw_length(w, "n");
	const int32_t *acc = draw_words(w, "acc", n, ACC_LIMIT);

	*draw_words(w, "span", 1, ACC_LIMIT) = (int32_t)bits(k.span(acc, n));
}

void try_quantise(struct world *w, union kernel k)
{
	uint32_t n = draw_length(w, "n");
	int32_t kind = draw(w, "plain, relu, mask", 0, 2);
	struct tt_quantiser q = {.shift = (uint8_t)draw(w, "shift", 0, 30), .relu = kind == 1};
	uint32_t *span = (uint32_t *)draw_words(w, "span", 1, ACC_LIMIT);
	const int32_t *acc = draw_words(w, "acc", n, ACC_LIMIT);

	q.mask = kind == 2 ? draw_bytes(w, "mask", n, -128) : NULL;
	q.span = *span & 0xffu;
	k.quantise(draw_bytes(w, "to", n, -128), acc, n, &q);
	*span = bits(q.span);
}

/* Some positions of a pool, as they follow one another. */
void try_pool(struct world *w, union kernel k)
{
	uint32_t n = draw_length_to(w, "channels", 60), positions = (uint32_t)draw(w, "count", 1, 4);
	struct tt_square at = {.right = n + (uint32_t)draw(w, "apart", 0, 3)};
	struct tt_quads index = {.step = (uint32_t)draw(w, "wanted", 0, 1)};
	uint32_t *state = (uint32_t *)draw_words(w, "bits, used", 2, INT32_MAX);
	int8_t *out = draw_bytes(w, "out", positions * n, -128);

	at.below = at.right + n + (uint32_t)draw(w, "below", 0, 9);
	index.to = (uint8_t *)draw_bytes(w, "index", positions * n / 4u + 1u, -128);
	for (uint32_t j = 0; j < positions; j++) {
		const int8_t *a = draw_bytes(w, "in", at.below + at.right + n, -128);

		k.pool(out + j * n, &index, a, &at, n);
	}
	state[0] = index.bits;
	state[1] = index.used;
}
