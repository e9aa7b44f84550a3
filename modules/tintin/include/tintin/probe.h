/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Look inside a learning step, for tests and for those who check the numbers. What a pointer
 * shows is valid until the next slice.
 */
#ifndef TINTIN_PROBE_H_
#define TINTIN_PROBE_H_

#include <tintin/network.h>

/** One quantised tensor: real value = data[i] * 2^exp. */
struct tintin_tensor {
	const int8_t *data;
	uint32_t n;
	int16_t exp;
};

/** The output of layer @p l, after its forward slice; of the last layer, nothing (-EINVAL). */
int tintin_probe_activation(const struct tintin *net, unsigned int l, struct tintin_tensor *out);

/** The error that has just arrived at the output of the layer whose backward slice is next. */
int tintin_probe_error(const struct tintin *net, struct tintin_tensor *out);

/** The int32 logits after the last forward slice, real value = logit * 2^exp; n classes. */
int tintin_probe_logits(const struct tintin *net, const int32_t **logits, int16_t *exp);

/** 0 outside a learning step, 1 when one has begun, and one more with each slice. */
unsigned int tintin_probe_phase(const struct tintin *net);

/** The layer's int8 plane [O][K], fraction plane (NULL for none) and int32 biases [O]. */
struct tintin_weights {
	const int8_t *weight;
	const uint8_t *fraction;
	const int32_t *bias;
	struct tintin_layer_state state;
};
int tintin_probe_weights(const struct tintin *net, unsigned int l, struct tintin_weights *out);

#endif
