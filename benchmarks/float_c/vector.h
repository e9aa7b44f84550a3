/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VECTOR_H_
#define VECTOR_H_

#include <stddef.h>

static inline float dot(float sum, const float *a, const float *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sum += a[i] * b[i];
	}
	return sum;
}

static inline void axpy(float *y, float a, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		y[i] += a * x[i];
	}
}

/* A small C library's memcpy and memset go byte by byte; these do not. */
static inline void copy(float *y, const float *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		y[i] = x[i];
	}
}

static inline void clear(float *y, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		y[i] = 0;
	}
}

#endif
