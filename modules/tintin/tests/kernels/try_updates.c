/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels that move weights: one row of a tensor that has others before and behind it. */
#include "kernel.h"

#include <stddef.h>

#define GRADIENT_LIMIT ((1 << 30) - 1)
#define BEFORE_MAX     37 /* weights before the row: its first is odd, too */
#define BEHIND         5  /* and behind it */

/* The row's surroundings, and what an update gives back beside the planes. */
struct scene {
	struct tt_row row;
	struct tt_rounding rounding;
	uint32_t *state; /* of the random words, and behind it: limited, shift */
};

/* Mostly a learning network's, at times the ends and beyond: every branch of SR(v, s). */
static int draw_shift(struct world *w)
{
	static const int8_t ends[] = {-128, -40, -31, -30, -29, -1, 0, 1, 29, 30, 31, 32, 61, 62, 100};
	int32_t kind = draw(w, "shift kind", 0, 3);

	if (kind == 0) {
		return ends[draw(w, "shift of ends", 0, (int32_t)sizeof(ends) - 1)];
	}
	return draw(w, "shift", kind == 1 ? 0 : 1, kind == 1 ? 36 : 20);
}

static struct scene draw_scene(struct world *w, uint32_t n)
{
	static const uint8_t widths[] = {8, 4, 0};
	struct scene s = {.row.n = n};
	uint8_t bits = widths[draw(w, "8, 4, 0 bits", 0, 2)];
	uint32_t total;

	s.row.first = (uint32_t)draw(w, "first", 0, BEFORE_MAX);
	total = s.row.first + s.row.n + BEHIND;
	s.row.planes.bits = bits;
	s.row.planes.weight = draw_bytes(w, "weight", total, -127);
	if (bits > 0) {
		s.row.planes.fraction =
			(uint8_t *)draw_bytes(w, "fraction", (total * bits + 7u) / 8u, -128);
	}
	s.state = (uint32_t *)draw_words(w, "rng, limited, shift", 3, INT32_MAX);
	s.state[0] |= 1u; /* xorshift's state is never 0 */
	s.rounding = (struct tt_rounding){
		.rng = &s.state[0],
		.shift = draw_shift(w),
		.limited = draw(w, "limited", 0, 1) != 0,
	};
	return s;
}

static void keep(struct scene *s)
{
	s->state[1] = s->rounding.limited;
	s->state[2] = (uint32_t)s->rounding.shift;
}

/* A whole tensor: some rows have errors, others none. */
void try_update_outer(struct world *w, union kernel k)
{
	uint32_t n = draw_length_to(w, "n", 150);
	uint32_t outputs = (uint32_t)draw(w, "outputs", 0, n > 60 ? 3 : 7);
	struct scene s = draw_scene(w, outputs * n);
	struct tt_outer g = {
		.error = draw_bytes(w, "error", outputs, -127),
		.outputs = outputs,
		.input = draw_sparse(w, n),
	};

	k.update_outer(&s.row.planes, &g, &s.rounding);
	for (uint32_t i = 0; i < n + 3u; i++) {
		g.input.sum[i] = 0; /* of the variant's own */
	}
	keep(&s);
}

void try_update_gradient(struct world *w, union kernel k)
{
	struct scene s = draw_scene(w, draw_length(w, "n"));
	const int32_t *g = draw_words(w, "g", s.row.n, GRADIENT_LIMIT);

	k.update_gradient(&s.row, g, &s.rounding);
	keep(&s);
}
