/* SPDX-License-Identifier: Apache-2.0 */
/* One learning step for each label, all layers that may learn, and nothing else. */
#include "service.h"
#include "study.h"

void tintin_study_begin(bool saved)
{
	ARG_UNUSED(saved);
}

int tintin_study_observe(const int8_t *x, size_t n, struct tintin_prediction *out)
{
	return tintin_predict(&tintin_service.net, x, n, out);
}

int tintin_study_set_rate(struct tintin_rate rate)
{
	return tintin_set_rate(&tintin_service.net, rate);
}

int tintin_study_seal(struct tintin_companion *out)
{
	ARG_UNUSED(out);
	return 0;
}

#ifdef CONFIG_TINTIN_TRAINING

uint32_t tintin_study_layers(const void *record, size_t size)
{
	ARG_UNUSED(record);
	ARG_UNUSED(size);
	return CONFIG_TINTIN_TRAIN_LAYERS;
}

int tintin_study_teach(const int8_t *x, size_t n, uint16_t label)
{
	return tintin_learn_begin(&tintin_service.net, x, n, label);
}

struct tintin_prediction tintin_study_before(void)
{
	return tintin_get_before(&tintin_service.net);
}

bool tintin_study_idles(void)
{
	return false;
}

void tintin_study_idle(void)
{
}

bool tintin_study_slice(void)
{
	return tintin_learn_slice(&tintin_service.net) > 0;
}

void tintin_study_settle(void)
{
}

#endif
