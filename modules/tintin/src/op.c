/* SPDX-License-Identifier: Apache-2.0 */
#include "layer.h"

const struct tt_op *tt_op_of(uint8_t kind)
{
	switch (kind) {
	case TINTIN_DENSE:
		return &tt_dense;
	case TINTIN_CONV2D:
		return &tt_conv2d;
	case TINTIN_MAX_POOL:
		return &tt_max_pool;
	case TINTIN_AVG_POOL:
		return &tt_avg_pool;
	default:
		return NULL;
	}
}
