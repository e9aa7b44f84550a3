/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows times vectors for Helium: VMLADAV multiplies sixteen pairs of int8 and adds them all to one
 * accumulator. A tail-predicated loop (DLSTP, LETP) takes care of what a row has beyond a multiple
 * of sixteen; compilers before GCC 14 do not make one.
 */
#include "kernels.h"

#if defined(__ARM_FEATURE_MVE)

#include "load.h"

/* Per 16 x 4 products: 5 loads, 4 VMLADAV, 1 of loop: 0.16 a MAC. */
static void dot_four(const struct tt_rows *rows, uint32_t i, const int8_t *x, int32_t *acc)
{
	const int8_t *w0 = rows->weight + i * rows->n, *w1 = w0 + rows->n;
	const int8_t *w2 = w1 + rows->n, *w3 = w2 + rows->n;
	const int32_t *start = rows->start + i;
	int32_t s0 = start[0], s1 = start[1], s2 = start[2], s3 = start[3];

	__asm__ volatile("dlstp.8 lr, %[n]\n"
		"1:\n"
		"vldrb.8 q0, [%[x]], #16\n"
		"vldrb.8 q1, [%[w0]], #16\n"
		"vmladava.s8 %[s0], q0, q1\n"
		"vldrb.8 q2, [%[w1]], #16\n"
		"vmladava.s8 %[s1], q0, q2\n"
		"vldrb.8 q1, [%[w2]], #16\n"
		"vmladava.s8 %[s2], q0, q1\n"
		"vldrb.8 q2, [%[w3]], #16\n"
		"vmladava.s8 %[s3], q0, q2\n"
		"letp lr, 1b\n"
		: [s0] "+Te"(s0), [s1] "+Te"(s1), [s2] "+Te"(s2), [s3] "+Te"(s3), [x] "+r"(x),
		  [w0] "+r"(w0), [w1] "+r"(w1), [w2] "+r"(w2), [w3] "+r"(w3)
		: [n] "r"(rows->n)
		: "lr", "q0", "q1", "q2", "memory");
	acc[i] = s0;
	acc[i + 1] = s1;
	acc[i + 2] = s2;
	acc[i + 3] = s3;
}

static int32_t dot_one(const int8_t *w, const int8_t *x, uint32_t n, int32_t sum)
{
	__asm__ volatile("dlstp.8 lr, %[n]\n"
		"1:\n"
		"vldrb.8 q0, [%[x]], #16\n"
		"vldrb.8 q1, [%[w]], #16\n"
		"vmladava.s8 %[sum], q0, q1\n"
		"letp lr, 1b\n"
		: [sum] "+Te"(sum), [x] "+r"(x), [w] "+r"(w)
		: [n] "r"(n)
		: "lr", "q0", "q1", "memory");
	return sum;
}

void tt_mve_multiply(const struct tt_rows *rows, const struct tt_vectors *v, int32_t *acc)
{
	const int8_t *x = v->x;

	for (uint32_t j = 0; j < v->count; j++, x += v->stride, acc += rows->count) {
		uint32_t i = 0;

		for (; i + 4 <= rows->count; i += 4) {
			dot_four(rows, i, x, acc);
		}
		for (; i < rows->count; i++) {
			acc[i] = dot_one(rows->weight + i * rows->n, x, rows->n, rows->start[i]);
		}
	}
}

/* Sixteen at once beat any choice among them. */
void tt_mve_multiply_sparse(const struct tt_rows *rows, const struct tt_sparse *s, int32_t *acc)
{
	tt_mve_multiply(rows, &(struct tt_vectors){.x = s->x, .count = 1}, acc);
}

#endif
