/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TT_SAVE_H_
#define TT_SAVE_H_

#include <tintin/network.h>

/** A network in the middle of a step or mini-batch has no state that a record could hold. */
static inline bool tt_save_busy(const struct tintin *net)
{
	return net->phase != 0 || net->batched != 0;
}

#endif
