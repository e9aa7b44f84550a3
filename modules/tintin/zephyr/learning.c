/* SPDX-License-Identifier: Apache-2.0 */
/* Labels wait in a queue with a copy of their window; one thread learns from them in slices. */
#include <string.h>

#include <zephyr/logging/log.h>

#include "service.h"
#include "study.h"

LOG_MODULE_DECLARE(tintin, CONFIG_TINTIN_LOG_LEVEL);

#define PATIENCE_MOST 10 /* doublings of the time without a label */

enum lesson_kind {
	LESSON_LABEL,
	LESSON_IDLE, /* there is time */
	LESSON_DUE,  /* an alarm made work due */
};

struct lesson {
	uint16_t label;
	uint16_t generation; /* of the network that it was meant for */
	uint8_t kind;
	int8_t sample[CONFIG_TINTIN_SAMPLE_SIZE];
};

/* Counts networks: a lesson already taken from the queue must not teach the next one. */
static uint16_t generation;

K_MSGQ_DEFINE(lessons, sizeof(struct lesson), CONFIG_TINTIN_QUEUE, 2);

uint32_t tintin_learning_idle_after = CONFIG_TINTIN_IDLE_AFTER;

static unsigned int silences; /* that have passed since the last label */

/* On its way into the queue: too long for the stacks of those who call. With the lock held. */
static struct lesson next;

/* With the lock held. @return 0, -EBUSY for a full queue */
static int put(enum lesson_kind kind)
{
	next.kind = (uint8_t)kind;
	next.generation = generation;
	if (k_msgq_put(&lessons, &next, K_NO_WAIT) != 0) {
		return -EBUSY;
	}
	tintin_service.pending++;
	return 0;
}

/* With the lock held. @return 0, -EBUSY for a full queue */
static int enqueue(uint16_t label, const int8_t *x)
{
	struct tintin_service *s = &tintin_service;
	int error;

	next.label = label;
	memcpy(next.sample, x, tintin_input_length(&s->net));
	error = put(LESSON_LABEL);
	s->stats.labels += error == 0;
	return error;
}

/* In a full queue the next lesson begins with what is due. */
void tintin_learning_wake(void)
{
	(void)put(LESSON_DUE);
}

/* With the lock held. */
static int label_window(uint32_t number, uint16_t label, struct tintin_window *out)
{
	struct tintin_service *s = &tintin_service;
	const int8_t *sample;

	if (s->error) {
		return s->error;
	}
	if (label >= tintin_get_header(&s->net)->classes) {
		return -EDOM;
	}
	if (!s->train) {
		return -EPERM;
	}
	sample = tintin_history_get(number, out);
	return sample == NULL ? tintin_history_why(number) : enqueue(label, sample);
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

static uint32_t stepped; /* the network's step when an autosave was last thought of */

void tintin_learning_forget(void)
{
	tintin_service.pending -= k_msgq_num_used_get(&lessons);
	k_msgq_purge(&lessons);
	generation++;
	stepped = tintin_service.error ? 0 : tintin_get_step(&tintin_service.net);
}

/* One slice; @return whether there are more. */
static bool learn_slice(uint64_t *cycles)
{
	uint32_t start;
	bool more;

	tintin_service_lock();
	start = k_cycle_get_32();
	more = tintin_service.error == 0 && tintin_study_slice();
	*cycles += k_cycle_get_32() - start;
	tintin_service_unlock();
	return more;
}

void tintin_learning_finish(void)
{
	uint64_t cycles = 0;

	while (learn_slice(&cycles)) {
	}
}

void tintin_learning_settle(void)
{
	tintin_learning_finish();
	tintin_service_lock();
	if (tintin_service.error == 0) {
		tintin_study_settle();
	}
	tintin_service_unlock();
	tintin_learning_finish();
}

static int begin(const struct lesson *lesson)
{
	struct tintin *net = &tintin_service.net;
	int error;

	tintin_service_lock();
	error = lesson->generation == generation ? tintin_service.error : -ESTALE;
	if (error == 0 && lesson->kind == LESSON_LABEL) {
		error = tintin_study_teach(lesson->sample, tintin_input_length(net), lesson->label);
	} else if (error == 0 && lesson->kind == LESSON_IDLE) {
		tintin_study_idle();
	}
	tintin_service_unlock();
	return error;
}

static void count(const struct lesson *lesson, int error, uint64_t cycles)
{
	struct tintin_service *s = &tintin_service;

	tintin_service_lock();
	s->pending--;
	if (error == 0 && lesson->kind == LESSON_LABEL) {
		s->stats.learned++;
		s->stats.hits += tintin_study_before().label == lesson->label;
	}
	if (error == 0) {
		s->stats.learn_cycles += cycles;
	}
	tintin_service_unlock();
}

/* Whenever the step has passed a multiple of the interval: also over reboots, and when a rollback
 * has taken it back. */
static void autosave(void)
{
#if CONFIG_TINTIN_AUTOSAVE > 0
	uint32_t step = tintin_get_step(&tintin_service.net);
	bool due = step / CONFIG_TINTIN_AUTOSAVE > stepped / CONFIG_TINTIN_AUTOSAVE;
	struct tintin_saved saved;

	stepped = step;
	if (due) {
		(void)tintin_keep_settled(tintin_keep_save_itself, &saved);
		stepped = tintin_get_step(&tintin_service.net);
	}
#endif
}

static void learn(const struct lesson *lesson)
{
	uint64_t cycles = 0;
	int error;

	k_mutex_lock(&tintin_service.step, K_FOREVER);
	tintin_learning_finish(); /* what an alarm made due comes before the next label */
	error = begin(lesson);
	while (error == 0 && learn_slice(&cycles)) {
	}
	if (error == 0) {
		autosave();
	} else if (error != -ESTALE) {
		LOG_ERR("a label was not learned: %s", tintin_reason(error));
	}
	count(lesson, error, cycles);
	k_mutex_unlock(&tintin_service.step);
}

/* How long to wait for a label: with each silence twice as long, so that a device that is left alone
 * comes to rest. */
static k_timeout_t patience(void)
{
	uint64_t seconds = tintin_learning_idle_after;

	return seconds == 0 ? K_FOREVER : K_MSEC(seconds * MSEC_PER_SEC << silences);
}

/* A silence is a lesson, too. */
static void rest(struct lesson *lesson)
{
	tintin_service_lock();
	silences += silences < PATIENCE_MOST;
	tintin_service.pending++;
	lesson->kind = LESSON_IDLE;
	lesson->generation = generation;
	tintin_service_unlock();
	learn(lesson);
}

static void learning_thread(void *a, void *b, void *c)
{
	static struct lesson lesson;

	ARG_UNUSED(a);
	ARG_UNUSED(b);
	ARG_UNUSED(c);
	for (;;) {
		int error = k_msgq_get(&lessons, &lesson, patience());

		/* Another error: the queue was emptied while this thread waited. */
		if (error == -EAGAIN) {
			rest(&lesson);
		} else if (error == 0) {
			silences = lesson.kind == LESSON_LABEL ? 0 : silences;
			learn(&lesson);
		}
	}
}

static int idle(enum lesson_kind kind, uint32_t after)
{
	int error;

	tintin_service_lock();
	error = tintin_service.error;
	if (error == 0 && !tintin_study_idles()) {
		error = -EPERM;
	}
	error = error ? error : put(kind);
	if (error == 0) {
		tintin_learning_idle_after = after;
		error = (int)tintin_service.pending;
	}
	tintin_service_unlock();
	return error;
}

int tintin_service_idle(void)
{
	return idle(LESSON_IDLE, tintin_learning_idle_after);
}

int tintin_service_idle_after(uint32_t seconds)
{
	int queued = idle(LESSON_DUE, seconds);

	return MIN(queued, 0);
}

K_THREAD_DEFINE(tintin_learn_id, CONFIG_TINTIN_LEARN_STACK_SIZE, learning_thread, NULL, NULL, NULL,
		K_PRIO_PREEMPT(CONFIG_TINTIN_LEARN_PRIORITY), 0, 0);
