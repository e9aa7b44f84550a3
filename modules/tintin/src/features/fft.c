/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real transform of n = 2m values by a complex one of m, radix 2, decimation in time, block
 * floating point: before a stage all values are shifted right only as far as that stage needs.
 *
 * A component of a + w b is at most |a| + sqrt(2) |b| in the largest components: less than 2.4143
 * times the largest before. So what is below 2^13 needs no shift, below 2^14 one of 1, and any
 * int16 one of 2. The product w b: |re(w b)| <= sqrt(2) * 2^15 * 2^15 < 2^30.6.
 *
 * Why not CMSIS-DSP's arm_rfft_q15: it halves at every stage, needed or not, and so drops log2 n
 * bits of a quiet signal; and it is no dependency of the engine.
 */
#include <tintin/features.h>

#include "../fixed.h"
#include "sine.h"

#define TURN_LOG2 10 /* of tt_sine() */

struct complex {
	int32_t re, im;
};

static inline struct complex load(const int16_t *at)
{
	return (struct complex){at[0], at[1]};
}

/* Store, and note which bits the magnitudes use. */
static inline void store(int16_t *at, struct complex v, uint32_t *bits)
{
	at[0] = (int16_t)v.re;
	at[1] = (int16_t)v.im;
	*bits |= (uint32_t)(v.re ^ (v.re >> 31)) | (uint32_t)(v.im ^ (v.im >> 31));
}

static inline struct complex multiply(struct complex a, struct complex w)
{
	return (struct complex){
		(a.re * w.re - a.im * w.im + (1 << 14)) >> 15,
		(a.re * w.im + a.im * w.re + (1 << 14)) >> 15,
	};
}

static inline struct complex halved(struct complex v, int shift)
{
	int32_t half = (1 << shift) >> 1;

	return (struct complex){(v.re + half) >> shift, (v.im + half) >> shift};
}

/* How far to shift before a stage, by the bits of the largest magnitude. */
static int headroom(uint32_t bits)
{
	return bits >= 1u << 14 ? 2 : bits >= 1u << 13 ? 1 : 0;
}

/* Bit reversal of the m complex values; @return the bits that they use */
static uint32_t reorder(int16_t *data, unsigned int m)
{
	uint32_t bits = 0;

	for (unsigned int i = 0, j = 0; i < m; i++) {
		struct complex a = load(data + 2 * i), b = load(data + 2 * j);
		unsigned int carry = m >> 1;

		if (i <= j) {
			store(data + 2 * i, b, &bits);
			store(data + 2 * j, a, &bits);
		}
		for (; (j & carry) != 0; carry >>= 1) {
			j ^= carry;
		}
		j |= carry;
	}
	return bits;
}

/*
 * a + w b and a - w b, / 2^shift, each rounded once: a 2^14 and w b 2^14 together are below
 * 2.4143 * 2^29. Rounding a and w b before their sum would be biased, and the bias of all adds up
 * in the lowest bins.
 */
static inline void butterfly(int16_t *top, int16_t *bottom, struct complex w, int shift,
			     uint32_t *bits)
{
	struct complex a = load(top), b = load(bottom);
	int32_t re = (b.re * w.re - b.im * w.im) >> 1, im = (b.re * w.im + b.im * w.re) >> 1;
	int32_t half = 1 << (13 + shift);

	a.re = a.re * (1 << 14) + half;
	a.im = a.im * (1 << 14) + half;
	shift += 14;
	store(top, (struct complex){(a.re + re) >> shift, (a.im + im) >> shift}, bits);
	store(bottom, (struct complex){(a.re - re) >> shift, (a.im - im) >> shift}, bits);
}

/* Butterflies of blocks of 2 * half values. */
static uint32_t stage(int16_t *data, unsigned int m, unsigned int half, int shift)
{
	unsigned int step = (1u << (TURN_LOG2 - 1)) / half;
	uint32_t bits = 0;

	for (unsigned int j = 0; j < half; j++) {
		struct complex w = {tt_cosine(j * step), -tt_sine(j * step)};

		for (unsigned int i = j; i < m; i += 2 * half) {
			butterfly(data + 2 * i, data + 2 * (i + half), w, shift, &bits);
		}
	}
	return bits;
}

/*
 * From Z, the transform of x[2i] + j x[2i+1], to X: with E = (Z[k] + Z*[m-k]) / 2 and
 * O = (Z[k] - Z*[m-k]) / 2j, X[k] = E + w^k O and X[m-k] = (E - w^k O)*.
 */
static void split(int16_t *data, unsigned int log2n, int shift)
{
	unsigned int m = 1u << (log2n - 1), step = 1u << (TURN_LOG2 - log2n);
	struct complex z = halved(load(data), shift);
	uint32_t bits = 0;

	store(data, (struct complex){z.re + z.im, z.re - z.im}, &bits);
	for (unsigned int k = 1; k <= m / 2; k++) {
		struct complex a = load(data + 2 * k), b = load(data + 2 * (m - k));
		struct complex w = {tt_cosine(k * step), -tt_sine(k * step)};
		struct complex e = {a.re + b.re, a.im - b.im}, o = {a.im + b.im, b.re - a.re};

		e = halved(e, shift + 1);
		o = multiply(halved(o, shift + 1), w);
		store(data + 2 * k, (struct complex){e.re + o.re, e.im + o.im}, &bits);
		store(data + 2 * (m - k), (struct complex){e.re - o.re, o.im - e.im}, &bits);
	}
}

unsigned int tintin_fft_log2(uint16_t length)
{
	int log2n = length <= TINTIN_FFT_MIN ? 6 : tt_bitlen(length - 1u);

	return length == 0 || length > TINTIN_FFT_MAX ? 0 : (unsigned int)log2n;
}

int tintin_fft(int16_t *data, unsigned int log2n)
{
	unsigned int m = 1u << (log2n - 1);
	uint32_t bits = reorder(data, m);
	int exp = 0;

	for (unsigned int half = 1; half < m; half *= 2) {
		int shift = headroom(bits);

		bits = stage(data, m, half, shift);
		exp += shift;
	}
	split(data, log2n, headroom(bits));
	return exp + headroom(bits);
}
