/* SPDX-License-Identifier: Apache-2.0 */
/* The network behind its lock: opening, predicting, and what is told about it. */
#include "service.h"
#include "study.h"

#include <zephyr/logging/log.h>

LOG_MODULE_REGISTER(tintin, CONFIG_TINTIN_LOG_LEVEL);

static uint8_t arena[CONFIG_TINTIN_ARENA_SIZE] __aligned(4);

struct tintin_service tintin_service = {
	.step = Z_MUTEX_INITIALIZER(tintin_service.step),
	.lock = Z_MUTEX_INITIALIZER(tintin_service.lock),
	.error = -ENOENT,
};

static struct tintin_options options(const void *record, size_t size)
{
#ifdef CONFIG_TINTIN_TRAINING
	return (struct tintin_options){
		.train = tintin_study_layers(record, size),
		.batch_log2 = CONFIG_TINTIN_BATCH_LOG2,
		.concurrent = IS_ENABLED(CONFIG_TINTIN_CONCURRENT),
	};
#else
	ARG_UNUSED(record);
	ARG_UNUSED(size);
	return (struct tintin_options){0};
#endif
}

static int check_fit(const struct tintin *net)
{
	size_t n = tintin_input_length(net);

	if (n > CONFIG_TINTIN_SAMPLE_SIZE) {
		LOG_ERR("the network reads %u bytes, CONFIG_TINTIN_SAMPLE_SIZE is %u",
			(unsigned int)n, CONFIG_TINTIN_SAMPLE_SIZE);
		return -ENOMEM;
	}
	return 0;
}

static int open_network(const void *record, size_t size)
{
	struct tintin_service *s = &tintin_service;
	struct tintin_arena memory = {.base = arena, .size = sizeof(arena)};
	const struct tintin_options how = options(record, size);

	s->error = tintin_open(&s->net, record, size, &how, &memory);
	if (s->error == -ENOMEM) {
		LOG_ERR("the network takes an arena of %u bytes, CONFIG_TINTIN_ARENA_SIZE is %u",
			(unsigned int)memory.need, CONFIG_TINTIN_ARENA_SIZE);
	}
	s->arena_need = memory.need;
	s->error = s->error ? s->error : check_fit(&s->net);
	return s->error;
}

int tintin_service_open(const void *record, size_t size, bool saved)
{
	struct tintin_service *s = &tintin_service;
	int error = open_network(record, size);

	if (IS_ENABLED(CONFIG_TINTIN_TRAINING)) {
		tintin_learning_forget();
	}
	if (error == 0) {
		s->record = record;
		s->record_size = size;
		s->saved = saved;
		tintin_study_begin(saved);
	}
	return error;
}

int tintin_service_reopen(void)
{
	struct tintin_service *s = &tintin_service;
	int error = open_network(s->record, s->record_size);

	if (error) {
		LOG_ERR("the last good record cannot be read: %s", tintin_reason(error));
		(void)open_network(s->factory, s->factory_size);
	}
	return error;
}

static int open_newest(void)
{
	struct tintin_service *s = &tintin_service;
	const void *record = s->factory;
	size_t size = s->factory_size;
	int error = IS_ENABLED(CONFIG_TINTIN_STORE) ? tintin_keep_newest(&record, &size) : -ENOENT;

	if (error == 0 && tintin_service_open(record, size, true) == 0) {
		LOG_INF("goes on from the saved record, step %u", tintin_get_step(&s->net));
		return 0;
	}
	if (error != -ENOENT) {
		LOG_ERR("the saved record is ignored: %s", tintin_reason(error ? error : s->error));
	}
	error = tintin_service_open(s->factory, s->factory_size, false);
	if (error == 0) {
		LOG_INF("starts from the factory record, step %u", tintin_get_step(&s->net));
	}
	return error;
}

int tintin_service_start(const void *factory, size_t size)
{
	struct tintin_service *s = &tintin_service;
	int error;

	tintin_service_lock_all();
	s->factory = factory;
	s->factory_size = size;
	s->train = IS_ENABLED(CONFIG_TINTIN_TRAINING);
	if (IS_ENABLED(CONFIG_TINTIN_STORE) && tintin_keep_mount() != 0) {
		LOG_ERR("no store: what is learned cannot be kept");
	}
	error = open_newest();
	tintin_service_unlock_all();
	if (error) {
		LOG_ERR("no network: %s", tintin_reason(error));
	}
	return error;
}

int tintin_service_observe(const int8_t *x, size_t n, struct tintin_window *out)
{
	struct tintin_service *s = &tintin_service;
	bool waits = IS_ENABLED(CONFIG_TINTIN_TRAINING) && !IS_ENABLED(CONFIG_TINTIN_CONCURRENT);
	uint32_t start;
	int error;

	if (waits) {
		k_mutex_lock(&s->step, K_FOREVER);
	}
	tintin_service_lock();
	start = k_cycle_get_32();
	error = s->error ? s->error : tintin_study_observe(x, n, &out->prediction);
	if (error == 0) {
		s->stats.predict_cycles += k_cycle_get_32() - start;
		s->stats.windows++;
		out->number = ++s->windows;
		tintin_history_put(out, x, n);
	}
	tintin_service_unlock();
	if (waits) {
		k_mutex_unlock(&s->step);
	}
	return error;
}

int tintin_service_latest(struct tintin_window *out)
{
	int error;

	tintin_service_lock();
	error = tintin_service.error;
	if (error == 0 && tintin_history_get(0, out) == NULL) {
		error = tintin_history_why(0);
	}
	tintin_service_unlock();
	return error;
}

int tintin_service_set_rate(struct tintin_rate rate)
{
	int error;

	tintin_service_lock_all(); /* a step has one rate */
	error = tintin_service.error;
	error = error ? error : tintin_study_set_rate(rate);
	tintin_service_unlock_all();
	return error;
}

static enum tintin_state state(const struct tintin_service *s)
{
	if (s->error) {
		return TINTIN_STATE_FAILED;
	}
	if (s->silent) {
		return TINTIN_STATE_SILENT;
	}
	if (tintin_history_why(0) == -ENODATA) {
		return TINTIN_STATE_FAULTY;
	}
	if (s->pending > 0) {
		return TINTIN_STATE_LEARNING;
	}
	return s->train ? TINTIN_STATE_READY : TINTIN_STATE_FROZEN;
}

static void describe(const struct tintin_service *s, struct tintin_service_info *out)
{
	const struct tintin_header *header = tintin_get_header(&s->net);

	out->input = header->input;
	out->classes = header->classes;
	out->layers = header->layers;
	out->step = tintin_get_step(&s->net);
	out->record = tintin_save_size(&s->net);
	out->rate = tintin_get_rate(&s->net);
}

int tintin_service_info(struct tintin_service_info *out)
{
	struct tintin_service *s = &tintin_service;
	int error;

	tintin_service_lock();
	*out = (struct tintin_service_info){
		.arena = sizeof(arena),
		.arena_need = s->arena_need,
		.train = s->train,
		.pending = s->pending,
		.window = s->windows,
		.state = state(s),
	};
	error = s->error;
	if (error == 0) {
		describe(s, out);
	}
	if (IS_ENABLED(CONFIG_TINTIN_STORE)) {
		out->saved_step = tintin_keep_saved_step();
		out->store_capacity = tintin_keep_capacity();
	}
	tintin_service_unlock();
	return error;
}

void tintin_service_stats(struct tintin_stats *out)
{
	tintin_service_lock();
	*out = tintin_service.stats;
	tintin_service_unlock();
}

void tintin_service_stats_reset(void)
{
	tintin_service_lock();
	tintin_service.stats = (struct tintin_stats){0};
	tintin_service_unlock();
}

void tintin_service_sensor(bool silent)
{
	tintin_service_lock();
	tintin_service.stats.sensor_errors += silent;
	tintin_service.silent = silent;
	tintin_service_unlock();
}

void tintin_service_permit(bool (*permit)(enum tintin_work work))
{
	tintin_service_lock();
	tintin_service.permit = permit;
	tintin_service_unlock();
}
