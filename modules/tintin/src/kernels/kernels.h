/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The inner loops, and which implementation a target gets. ref.c has each in plain C; a faster
 * one must give the same bits (tests/kernels holds them equal).
 *
 * | variant | files          | targets                                 |
 * |---------|----------------|-----------------------------------------|
 * | ref     | ref.c          | any; what the host is compiled with     |
 * | scalar  | scalar_*.c     | Armv6-M, Armv7-M: Cortex-M0, M0+, M3    |
 * | dsp     | dsp_*.c        | Armv7E-M, Armv8-M with DSP: M4, M7, M33 |
 * | mve     | mve_*.c        | Armv8.1-M with Helium: M55, M85         |
 *
 * A target takes the scalar kernel where it has no faster one. TINTIN_KERNELS_REF forces the
 * reference.
 */
#ifndef TT_KERNELS_H_
#define TT_KERNELS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Rows that are summed at once, and the step in which outputs are blocked. */
#define TT_BLOCK 4u

/** @p count rows of @p n weights each, one behind the other, and what their sums begin with. */
struct tt_rows {
	const int8_t *weight;
	const int32_t *start; /* [count]; may be where the sums go */
	uint32_t n;
	uint32_t count;
};

/** @p count vectors, @p stride bytes apart; each is multiplied with all rows. */
struct tt_vectors {
	const int8_t *x;
	uint32_t count, stride;
};

/** A vector, and where it is not zero. */
struct tt_sparse {
	const int8_t *x; /* [n] */
	uint16_t *at;    /* [n]: the first `count` are places, ascending; n <= 65536 */
	int32_t *sum;    /* [n + 3]: what else an update needs, of the variant's own; NULL: nothing */
	uint32_t n, count;
	uint32_t reach; /* with `sum`: what no sum of neighbouring x exceeds */
};

/** Scaled matrices to be summed: @p count of them, 1 .. TT_BLOCK, each of the shape tt_window. */
struct tt_terms {
	const int8_t *row[TT_BLOCK];
	int32_t scale[TT_BLOCK]; /* within +-127 */
	uint32_t count;
};

/** @p rows rows of @p n bytes, @p stride bytes apart; where they are summed, @p step sums apart. */
struct tt_window {
	uint32_t n, rows, stride, step;
};

/** Accumulators to int8: what happens to them, and how far they reached. */
struct tt_quantiser {
	const int8_t *mask; /* 0 here makes the value 0; NULL: keep all; not beside relu */
	uint32_t span;      /* out: OR of |value|, or of any number of the same bit length */
	uint8_t shift;
	bool relu;
};

/** A trained tensor: the int8 plane and, beside it, the plane of F = bits fraction bits. */
struct tt_planes {
	int8_t *weight;
	uint8_t *fraction; /* NULL for F = 0 */
	uint8_t bits;      /* 8, 4 or 0 */
};

/** One row of it (an output's weights): flat indices first .. first + n - 1. */
struct tt_row {
	struct tt_planes planes;
	uint32_t first;
	uint32_t n;
};

/** A dense layer's gradient is an outer product: g[o][k] = error[o] * input.x[k]. */
struct tt_outer {
	const int8_t *error; /* [outputs] */
	uint32_t outputs;
	struct tt_sparse input;
};

/** How an update is rounded, and whether it ran into the masters' limits. */
struct tt_rounding {
	uint32_t *rng;
	int shift;
	bool limited; /* out, sticky */
};

/**
 * Products. An accumulator is at most n * 16129 and what it began with; the caller bounds it.
 *
 * multiply         acc[v][i] = start_i + sum_k row_i[k] * vector_v[k]
 * multiply_sparse  acc[i] = start_i + sum_k row_i[k] * x[k]
 * axpy             acc[r step + k] += sum_i scale_i * row_i[r stride + k]
 * axpy_sparse      acc[j] += sum_i scale_i * row_i[at[j]],  j < count
 *
 * Updates, m = limit(m - SR(g, shift)) (DESIGN.md, "Update"). One random word is drawn for each row
 * when shift > 0.
 *
 * update_outer     all rows of a dense layer whose error is not 0
 * update_gradient  one row, g[k] as given
 *
 * Moves.
 *
 * compress         x [n] to its non-zero places and, where s->sum is not NULL, running sums
 * copy_rows        a window's rows one behind the other; one row may move to a place before it
 * clear            acc[0 .. n) = 0
 * span             OR of |acc|, or a number of the same bit length
 * quantise         to[k] = clip(RN(value_k, shift)), value = acc after mask and ReLU
 */
#define TT_DECLARE_KERNELS(variant)                                                                \
	void tt_##variant##_multiply(const struct tt_rows *rows, const struct tt_vectors *v,       \
				     int32_t *acc);                                                \
	void tt_##variant##_multiply_sparse(const struct tt_rows *rows, const struct tt_sparse *s, \
					    int32_t *acc);                                         \
	void tt_##variant##_axpy(int32_t *acc, const struct tt_terms *terms,                       \
				 const struct tt_window *w);                                       \
	void tt_##variant##_axpy_sparse(int32_t *acc, const struct tt_terms *terms,                \
					const uint16_t *at, uint32_t count);                       \
	void tt_##variant##_update_outer(const struct tt_planes *planes, const struct tt_outer *g, \
					 struct tt_rounding *r);                                   \
	void tt_##variant##_update_gradient(const struct tt_row *row, const int32_t *g,            \
					    struct tt_rounding *r);                                \
	void tt_##variant##_compress(struct tt_sparse *s);                                         \
	void tt_##variant##_copy_rows(int8_t *to, const int8_t *from, const struct tt_window *w);  \
	void tt_##variant##_clear(int32_t *acc, uint32_t n);                                       \
	uint32_t tt_##variant##_span(const int32_t *acc, uint32_t n);                              \
	void tt_##variant##_quantise(int8_t *to, const int32_t *acc, uint32_t n,                   \
				     struct tt_quantiser *q)

TT_DECLARE_KERNELS(ref);
TT_DECLARE_KERNELS(scalar);
TT_DECLARE_KERNELS(mve);
void tt_dsp_multiply(const struct tt_rows *rows, const struct tt_vectors *v, int32_t *acc);
void tt_dsp_axpy(int32_t *acc, const struct tt_terms *terms, const struct tt_window *w);

/*
 * tt_KERNEL is the target's best tt_VARIANT_KERNEL. TT_SPARSE_WINS: of a vector's values, how many
 * sixteenths may differ from zero for multiply_sparse to beat multiply. TT_OUTPUTS: outputs of a dense
 * layer that are summed at once, in four bytes of stack each; more only where a call is much of them.
 */
#if defined(TINTIN_KERNELS_REF) || !defined(__arm__)
#define TT_BEST(scalar, dsp, mve) ref
#define TT_SPARSE_WINS            16u
#define TT_OUTPUTS                16u
#elif defined(__ARM_FEATURE_MVE)
#define TT_BEST(scalar, dsp, mve) mve
#define TT_SPARSE_WINS            0u
#define TT_OUTPUTS                32u
#elif defined(__ARM_FEATURE_DSP)
#define TT_BEST(scalar, dsp, mve) dsp
#define TT_SPARSE_WINS            9u
#define TT_OUTPUTS                16u
#else
#define TT_BEST(scalar, dsp, mve) scalar
#define TT_SPARSE_WINS            16u
#define TT_OUTPUTS                16u
#endif
#define TT_NAME_(variant, kernel) tt_##variant##_##kernel
#define TT_NAME(variant, kernel)  TT_NAME_(variant, kernel)

#define tt_multiply        TT_NAME(TT_BEST(scalar, dsp, mve), multiply)
#define tt_multiply_sparse TT_NAME(TT_BEST(scalar, scalar, mve), multiply_sparse)
#define tt_axpy            TT_NAME(TT_BEST(scalar, dsp, mve), axpy)
#define tt_axpy_sparse     TT_NAME(TT_BEST(scalar, scalar, mve), axpy_sparse)
#define tt_update_outer    TT_NAME(TT_BEST(scalar, scalar, mve), update_outer)
#define tt_update_gradient TT_NAME(TT_BEST(scalar, scalar, mve), update_gradient)
#define tt_compress        TT_NAME(TT_BEST(scalar, scalar, mve), compress)
#define tt_copy_rows       TT_NAME(TT_BEST(scalar, scalar, mve), copy_rows)
#define tt_clear           TT_NAME(TT_BEST(scalar, scalar, mve), clear)
#define tt_span            TT_NAME(TT_BEST(scalar, scalar, mve), span)
#define tt_quantise        TT_NAME(TT_BEST(scalar, scalar, mve), quantise)

#endif
