/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What Python would do too slowly, or could not: loops over many samples, and a record written
 * to memory.
 */
#ifndef TT_BATCH_H_
#define TT_BATCH_H_

#include <tintin/network.h>

/** Samples in one block, int8 [samples][length]. */
struct tt_batch {
	const int8_t *x;
	size_t samples, length;
};

/** Predict each. @return 0, or the first error of tintin_predict() */
int tt_predict_many(struct tintin *net, const struct tt_batch *batch,
		    struct tintin_prediction *out);

/**
 * Learn from each in order.
 *
 * @param hits  how many were predicted rightly just before they were learned
 * @return 0, or the first error of tintin_learn(); the samples before it have been learned
 */
int tt_learn_many(struct tintin *net, const struct tt_batch *batch, const uint16_t *labels,
		  size_t *hits);

/** tintin_save() to @p out of @p size bytes. @return 0, -ENOSPC, or its error */
int tt_save_to(const struct tintin *net, uint8_t *out, size_t size);

/** The software's version, and which C files it was compiled from. */
const char *tt_version(void);
const char *tt_source_digest(void);

#endif
