/* SPDX-License-Identifier: Apache-2.0 */
/* Labels wait in a queue with a copy of their window; one thread learns from them in slices. */
#include <string.h>

#include <zephyr/logging/log.h>

#include "service.h"

LOG_MODULE_DECLARE(tintin, CONFIG_TINTIN_LOG_LEVEL);

struct lesson {
	uint16_t label;
	uint16_t generation; /* of the network that it was meant for */
	int8_t sample[CONFIG_TINTIN_SAMPLE_SIZE];
};

/* Counts networks: a lesson already taken from the queue must not teach the next one. */
static uint16_t generation;

K_MSGQ_DEFINE(lessons, sizeof(struct lesson), CONFIG_TINTIN_QUEUE, 2);

/* With the lock held. @return 0, -EBUSY for a full queue */
static int enqueue(uint16_t label, const int8_t *x)
{
	struct tintin_service *s = &tintin_service;
	struct lesson lesson = {.label = label, .generation = generation};

	memcpy(lesson.sample, x, tintin_input_length(&s->net));
	if (k_msgq_put(&lessons, &lesson, K_NO_WAIT) != 0) {
		return -EBUSY;
	}
	s->stats.labels++;
	s->pending++;
	return 0;
}

/* With the lock held. */
static int label_window(uint32_t number, uint16_t label, struct tintin_window *out)
{
	struct tintin_service *s = &tintin_service;
	const int8_t *sample;

	if (s->error) {
		return s->error;
	}
	if (label >= s->net.record->classes) {
		return -EDOM;
	}
	if (!s->train) {
		return -EPERM;
	}
	sample = tintin_history_get(number, out);
	return sample == NULL ? -EAGAIN : enqueue(label, sample);
}

int tintin_service_label(uint32_t number, uint16_t label, struct tintin_window *out)
{
	int error;

	tintin_service_lock();
	error = label_window(number, label, out);
	error = error ? error : (int)tintin_service.pending;
	tintin_service_unlock();
	return error;
}

int tintin_service_train(bool on)
{
	tintin_service_lock();
	tintin_service.train = on;
	tintin_service_unlock();
	return 0;
}

void tintin_learning_forget(void)
{
	tintin_service.pending -= k_msgq_num_used_get(&lessons);
	k_msgq_purge(&lessons);
	generation++;
}

/* One slice; @return whether there are more. */
static bool learn_slice(uint64_t *cycles)
{
	uint32_t start;
	int more;

	tintin_service_lock();
	start = k_cycle_get_32();
	more = tintin_learn_slice(&tintin_service.net);
	*cycles += k_cycle_get_32() - start;
	tintin_service_unlock();
	return more > 0;
}

static int learn_begin(const struct lesson *lesson)
{
	struct tintin *net = &tintin_service.net;
	int error;

	tintin_service_lock();
	error = lesson->generation == generation ? tintin_service.error : -ESTALE;
	if (error == 0) {
		error = tintin_learn_begin(net, lesson->sample, tintin_input_length(net),
					   lesson->label);
	}
	tintin_service_unlock();
	return error;
}

static void count(const struct lesson *lesson, int error, uint64_t cycles)
{
	struct tintin_service *s = &tintin_service;

	tintin_service_lock();
	s->pending--;
	if (error == 0) {
		s->stats.learned++;
		s->stats.hits += s->net.before.label == lesson->label;
		s->stats.learn_cycles += cycles;
	}
	tintin_service_unlock();
}

static void autosave(void)
{
#if CONFIG_TINTIN_AUTOSAVE > 0
	struct tintin_service *s = &tintin_service;
	struct tintin_saved saved;
	int error;

	if (s->net.step % CONFIG_TINTIN_AUTOSAVE != 0) {
		return;
	}
	tintin_service_lock();
	error = tintin_keep_save_locked(&saved);
	/* A worn flash fails every time: said once, counted always. */
	if (error && s->stats.save_errors++ == 0) {
		LOG_ERR("automatic save: %s", tintin_reason(error));
	}
	tintin_service_unlock();
#endif
}

static void learn(const struct lesson *lesson)
{
	uint64_t cycles = 0;
	int error;

	k_mutex_lock(&tintin_service.step, K_FOREVER);
	error = learn_begin(lesson);
	while (error == 0 && learn_slice(&cycles)) {
	}
	count(lesson, error, cycles);
	if (error == 0) {
		autosave();
	} else if (error != -ESTALE) {
		LOG_ERR("a label was not learned: %s", tintin_reason(error));
	}
	k_mutex_unlock(&tintin_service.step);
}

static void learning_thread(void *a, void *b, void *c)
{
	static struct lesson lesson;

	ARG_UNUSED(a);
	ARG_UNUSED(b);
	ARG_UNUSED(c);
	for (;;) {
		/* Not 0: the queue was emptied while this thread waited. */
		if (k_msgq_get(&lessons, &lesson, K_FOREVER) == 0) {
			learn(&lesson);
		}
	}
}

K_THREAD_DEFINE(tintin_learn_id, CONFIG_TINTIN_LEARN_STACK_SIZE, learning_thread, NULL, NULL, NULL,
		K_PRIO_PREEMPT(CONFIG_TINTIN_LEARN_PRIORITY), 0, 0);
