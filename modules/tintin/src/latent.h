/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TT_LATENT_H_
#define TT_LATENT_H_

#include <tintin/network.h>

/** The layer whose input a latent is, and the exponent that all latents of this network have. */
unsigned int tt_latent_layer(const struct tintin *net);
int16_t tt_latent_exp(const struct tintin *net);

#endif
