/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The kernels under test. A new one takes a member of union kernel, a function that calls it on a
 * drawn shape (beside those in try_*.c), and a line for each variant in table.c.
 */
#ifndef KERNEL_H_
#define KERNEL_H_

#include "kernels/kernels.h"
#include "kernels/pool.h"

#include "world.h"

/** One kernel, by what it is called with. */
union kernel {
	__typeof__(&tt_ref_multiply) multiply;
	__typeof__(&tt_ref_multiply_sparse) multiply_sparse;
	__typeof__(&tt_ref_axpy) axpy;
	__typeof__(&tt_ref_axpy_sparse) axpy_sparse;
	__typeof__(&tt_ref_update_outer) update_outer;
	__typeof__(&tt_ref_update_gradient) update_gradient;
	__typeof__(&tt_ref_compress) compress;
	__typeof__(&tt_ref_copy_rows) copy_rows;
	__typeof__(&tt_ref_clear) clear;
	__typeof__(&tt_ref_span) span;
	__typeof__(&tt_ref_quantise) quantise;
	__typeof__(&tt_ref_pool) pool;
};

/** Draw a shape and values in @p w and call @p k on them: the same ones in an equal world. */
typedef void (*try_kernel)(struct world *w, union kernel k);

void try_multiply(struct world *w, union kernel k);
void try_multiply_sparse(struct world *w, union kernel k);
void try_axpy(struct world *w, union kernel k);
void try_axpy_sparse(struct world *w, union kernel k);
void try_update_outer(struct world *w, union kernel k);
void try_update_gradient(struct world *w, union kernel k);
void try_compress(struct world *w, union kernel k);
void try_copy_rows(struct world *w, union kernel k);
void try_clear(struct world *w, union kernel k);
void try_span(struct world *w, union kernel k);
void try_quantise(struct world *w, union kernel k);
void try_pool(struct world *w, union kernel k);

/** How draw_sparse() compresses: as the variant under test does, whose update takes its sums. */
extern void (*sparse_compress)(struct tt_sparse *s);

/** A vector, its places and sums. */
struct tt_sparse draw_sparse(struct world *w, uint32_t n);

/** A variant and the reference that it must equal in every bit. */
struct entry {
	const char *name;
	try_kernel attempt;
	union kernel reference, variant;
	void (*compress)(struct tt_sparse *s);
};

/** Those that this target has; ends with a NULL name. */
extern const struct entry kernels[];

/** Kernels that are wrong, to try the test itself by. */
extern const struct entry broken_kernels[];

#endif
