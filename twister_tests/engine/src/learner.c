/* SPDX-License-Identifier: Apache-2.0 */
/* The learner in the service: the permit, what it counts, and that it goes on after a reboot. */
#include <zephyr/ztest.h>

#include <tintin/service.h>

#include "flash_area.h"
#include "samples.h"

static struct tintin_window shown;
static enum tintin_work asked;

static bool no(enum tintin_work work)
{
	asked = work;
	return false;
}

static struct tintin_learner_status status(void)
{
	struct tintin_learner_status now;

	zassert_ok(tintin_service_learner(&now));
	return now;
}

static void boot(void)
{
	zassert_ok(tintin_service_start(network_record, sizeof(network_record)));
}

static void teach(unsigned int n)
{
	struct tintin_service_info info;

	for (unsigned int i = 0; i < n; i++) {
		const struct sample *s = samples_next();

		zassert_ok(tintin_service_observe(s->x, SAMPLE_LENGTH, &shown));
		zassert_true(tintin_service_label(0, s->label, &shown) > 0);
		do {
			k_msleep(1);
			zassert_ok(tintin_service_info(&info));
		} while (info.pending > 0);
	}
}

static void before(void *fixture)
{
	struct tintin_flash flash;

	ARG_UNUSED(fixture);
	tintin_service_permit(NULL);
	zassert_ok(tintin_flash_area(&flash));
	zassert_ok(flash.erase(flash.context, 0, flash.size));
	boot();
	samples_rewind();
}

ZTEST(learner, test_without_a_permit_nothing_is_learned_and_it_is_counted)
{
	struct tintin_service_info info;

	tintin_service_permit(no);
	teach(2);
	zassert_ok(tintin_service_info(&info));
	zassert_equal(info.step, 0);
	zassert_equal(asked, TINTIN_WORK_LABEL);
	zassert_equal(status().counters.refused, 2);
	zassert_equal(status().counters.labels, 2);
	tintin_service_permit(NULL);
	teach(1);
	zassert_equal(status().counters.steps, 1);
}

ZTEST(learner, test_it_counts_by_class_over_a_reboot)
{
	struct tintin_class_status k;
	struct tintin_saved saved;
	uint32_t labels = 0, hits = 0;

	teach(20);
	zassert_ok(tintin_service_save(&saved));
	teach(3);
	boot();
	zassert_equal(status().counters.labels, 20);
	for (uint16_t c = 0; c < CLASSES; c++) {
		zassert_ok(tintin_service_class(c, &k));
		zassert_true(k.open);
		labels += k.labels;
		hits += k.hits;
	}
	zassert_equal(labels, 20);
	zassert_equal(hits, status().counters.hits);
	zassert_equal(tintin_service_class(CLASSES, &k), -EDOM);
}

ZTEST(learner, test_a_reset_begins_a_new_life)
{
	teach(3);
	zassert_ok(tintin_service_reset());
	zassert_equal(status().counters.labels, 0);
	zassert_equal(status().counters.observed, 0);
}

ZTEST(learner, test_there_is_no_idle_work_without_a_buffer)
{
	zassert_equal(tintin_service_idle(), -EPERM);
	zassert_equal(tintin_service_idle_after(60), -EPERM);
	zassert_equal(status().slots, 0);
	zassert_equal(status().idle_after, 0);
}

ZTEST(learner, test_switched_off_it_sees_nothing)
{
	zassert_ok(tintin_service_train(false));
	zassert_ok(tintin_service_observe(samples_next()->x, SAMPLE_LENGTH, &shown));
	zassert_equal(status().counters.observed, 0);
	zassert_ok(tintin_service_train(true));
	zassert_ok(tintin_service_observe(samples_next()->x, SAMPLE_LENGTH, &shown));
	zassert_equal(status().counters.observed, 1);
}

ZTEST_SUITE(learner, NULL, NULL, before, NULL, NULL);
