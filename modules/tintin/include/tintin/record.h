/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The record: a network in one block of bytes, as it lies in flash and travels between
 * host and device. SPEC.md describes it byte by byte; these structures overlay it.
 */
#ifndef TINTIN_RECORD_H_
#define TINTIN_RECORD_H_

#include <stddef.h>
#include <stdint.h>

#define TINTIN_RECORD_MAGIC   0x4e495454u /* "TTIN" */
#define TINTIN_RECORD_VERSION 1u
#define TINTIN_MAX_LAYERS     32u

enum tintin_kind {
	TINTIN_DENSE = 1,
	TINTIN_CONV2D = 2,
	TINTIN_MAX_POOL = 3,
	TINTIN_AVG_POOL = 4,
};

#define TINTIN_LAYER_RELU    0x01u /**< a = max(acc, 0), fused into the layer */
#define TINTIN_LAYER_BOUNDED 0x02u /**< E_w never moves: weights stop at its limits */

/** Height, width, channels; a tensor lies in memory as [h][w][c] (NHWC, batch 1). */
struct tintin_shape {
	uint16_t h, w, c;
};

struct tintin_header {
	uint32_t magic;
	uint16_t version;
	uint8_t layers;
	int8_t input_exp; /**< real input = int8 * 2^input_exp */
	uint32_t size;    /**< of the whole record with its CRC, bytes */
	uint32_t shape_hash;
	struct tintin_shape input;
	uint16_t classes;
	uint32_t step;   /**< samples learned from */
	uint32_t parent; /**< CRC of the record that training began from, 0 for none */
	uint32_t rng;    /**< xorshift32 state, never 0 */
	uint8_t rate_mantissa;
	int8_t rate_shift; /**< learning rate = (mantissa / 8) * 2^-shift */
	uint8_t reserved[26];
};

/** The constant part of a layer. */
struct tintin_layer_entry {
	uint8_t kind;
	uint8_t flags;
	uint8_t fraction_bits; /**< of a trained weight: 8, 4 or 0 */
	uint8_t reserved0;
	uint16_t kernel_h, kernel_w;
	uint8_t stride_h, stride_w;
	uint8_t pad_top, pad_left, pad_bottom, pad_right;
	uint16_t reserved1;
	struct tintin_shape out;
	uint8_t reserved2[10];
};

/** Delayed scaling of one quantised tensor: DESIGN.md, "Delayed scaling". */
struct tintin_scale {
	uint8_t shift; /**< S: int8 = acc >> S */
	uint8_t held;  /**< H: this window needed the whole of S */
	uint8_t count; /**< c: samples into the window, below 64 */
	uint8_t reserved;
};

/** The part of a layer that training moves. */
struct tintin_layer_state {
	struct tintin_scale activation; /**< of the layer's output */
	struct tintin_scale error;      /**< of the layer's input error */
	int8_t weight_exp;              /**< E_w: real weight = int8 * 2^E_w */
	uint8_t weight_bits;            /**< bitlen(max |m|) of the masters, as of the last look */
	uint8_t fraction_stored;        /**< 1: a fraction plane follows the weights */
	uint8_t reserved[5];
};

/**
 * Validate a whole record before any of it is believed.
 *
 * @param record  4-byte aligned bytes, memory-mapped flash or RAM
 * @param size    bytes that may be read at @p record, at least the record's own size
 * @return the record's size in bytes; -EINVAL, -ENOEXEC, -ENOTSUP, -EBADMSG, -EPROTO or
 *         -ERANGE (error.h)
 */
int tintin_record_check(const void *record, size_t size);

/** CRC-32 (IEEE 802.3, reflected, as zlib's) of @p n bytes, continuing from @p crc (0 at first). */
uint32_t tintin_crc32(uint32_t crc, const void *data, size_t n);

#endif
