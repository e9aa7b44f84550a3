/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels.h"

#if defined(__ARM_FEATURE_MVE)
void tt_mve_update_outer(const struct tt_planes *planes, const struct tt_outer *g,
			 struct tt_rounding *r)
{
	tt_scalar_update_outer(planes, g, r);
}

void tt_mve_update_gradient(const struct tt_row *row, const int32_t *g, struct tt_rounding *r)
{
	tt_scalar_update_gradient(row, g, r);
}
#endif
