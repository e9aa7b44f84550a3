/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TT_RATE_H_
#define TT_RATE_H_

#include <stdbool.h>

#include <tintin/network.h>

bool tt_rate_valid(struct tintin_rate rate);

#endif
