/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "model.h"

/* The digits network of the README: 64-32-10. */
static void mlp(struct model *m)
{
	*m = model_begin(8, 8, 1);
	model_dense(m, 32, true);
	model_dense(m, 10, false);
}

/* Every layer kind, odd sizes, padding on one side only, strides, overlapping windows. */
static void cnn(struct model *m)
{
	*m = model_begin(9, 8, 2);
	m->rate_shift = 6;
	model_conv(m, 5, (struct model_window){3, 3, .pad_top = 1, .pad_left = 2, .pad_right = 1},
		   true);
	model_max_pool(m, (struct model_window){2, 3, .stride_h = 2, .stride_w = 2, .pad_left = 1});
	model_conv(m, 6, (struct model_window){2, 2, .stride_w = 2}, true);
	model_avg_pool(m, (struct model_window){2, 2}, false);
	model_dense(m, 7, true);
	model_dense(m, 4, false);
}

/* Windows of a signal: convolutions of height 1 and a global average. */
static void signal_1d(struct model *m)
{
	*m = model_begin(1, 40, 3);
	m->rate_shift = 6;
	model_conv(m, 6, (struct model_window){1, 5, .stride_w = 2, .pad_right = 2}, true);
	model_conv(m, 8, (struct model_window){1, 3}, false);
	model_avg_pool(m, (struct model_window){1, m->last.w}, true);
	model_dense(m, 5, false);
}

/* So small that every bit of its record can be flipped and every byte of its save cut. */
static void tiny(struct model *m)
{
	*m = model_begin(1, 4, 1);
	m->rate_shift = 4;
	model_dense(m, 5, true);
	model_dense(m, 3, false);
}

bool model_named(const char *name, struct model *m)
{
	static const struct {
		const char *name;
		void (*make)(struct model *m);
	} all[] = {{"mlp", mlp}, {"cnn", cnn}, {"signal", signal_1d}, {"tiny", tiny}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(all[i].name, name) == 0) {
			all[i].make(m);
			return true;
		}
	}
	return false;
}
