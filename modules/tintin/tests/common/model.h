/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Small networks for tests, written as records after SPEC.md. Nothing here calls the engine: the
 * tests would otherwise check it against itself.
 */
#ifndef MODEL_H_
#define MODEL_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tintin/record.h>

/** What a record is to hold. Begin with model_begin(), add layers, then model_record(). */
struct model {
	struct tintin_shape input;
	struct tintin_shape last; /* output of the layers so far */
	uint32_t seed;            /* of the weights and of the network's own random numbers */
	uint8_t layers;
	uint8_t fraction_bits; /* of the layers that are added next */
	bool fractions;        /* store fraction planes: a training state, not an inference model */
	int8_t input_exp;
	int8_t weight; /* of every weight; 0: random ones within +-63 */
	int32_t bias;  /* of every output */
	uint8_t rate_mantissa;
	int8_t rate_shift;
	struct tintin_layer_entry layer[TINTIN_MAX_LAYERS];
};

/** Bytes on the heap, of exactly that size, so that AddressSanitizer guards both ends. */
struct blob {
	uint8_t *data;
	size_t size;
};

/** A window over the input: a convolution's or a pool's. Zero stride counts as 1. */
struct model_window {
	uint16_t kernel_h, kernel_w;
	uint8_t stride_h, stride_w;
	uint8_t pad_top, pad_left, pad_bottom, pad_right;
};

struct model model_begin(uint16_t h, uint16_t w, uint16_t c);
void model_dense(struct model *m, uint16_t outputs, bool relu);
void model_conv(struct model *m, uint16_t channels, struct model_window window, bool relu);
void model_max_pool(struct model *m, struct model_window window);
void model_avg_pool(struct model *m, struct model_window window, bool relu);

/** The record, with its checksums right whatever else is wrong with it. blob_free() it. */
struct blob model_record(const struct model *m);

/** One of the networks that suites share, by name; false for an unknown name (model_named.c). */
bool model_named(const char *name, struct model *m);

struct blob blob_copy(const void *data, size_t size);
void blob_free(struct blob *blob);

/** Make the checksums of a changed record right again: shape hash and CRC. */
void blob_seal(struct blob *blob);

/** CRC-32 bit by bit: slow, and independent of the engine's. */
uint32_t model_crc32(uint32_t crc, const void *data, size_t n);

/** A well-mixed 32-bit word of a counter: test data that any order of calls gives the same. */
uint32_t model_hash(uint32_t x);

#endif
