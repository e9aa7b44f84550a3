/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service: who labels, who learns, what is kept. The learning thread runs while this one
 * waits.
 */
#include <zephyr/ztest.h>

#include <tintin/service.h>

#include "flash_area.h"
#include "flash_faults.h"
#include "golden.h"
#include "samples.h"

static struct tintin_window shown;

static struct tintin_service_info info(void)
{
	struct tintin_service_info now;

	(void)tintin_service_info(&now);
	return now;
}

static struct tintin_stats stats(void)
{
	struct tintin_stats now;

	tintin_service_stats(&now);
	return now;
}

static void settle(void)
{
	while (info().pending > 0) {
		k_msleep(1);
	}
}

static const struct sample *show_next(void)
{
	const struct sample *s = samples_next();

	zassert_ok(tintin_service_observe(s->x, SAMPLE_LENGTH, &shown));
	return s;
}

static void teach(unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		zassert_equal(tintin_service_label(0, show_next()->label, &shown), 1);
		settle();
	}
}

static void boot(void)
{
	zassert_ok(tintin_service_start(network_record, sizeof(network_record)));
}

static void before(void *fixture)
{
	struct tintin_flash flash;

	ARG_UNUSED(fixture);
	flash_recover();
	zassert_ok(tintin_flash_area(&flash));
	zassert_ok(flash.erase(flash.context, 0, flash.size));
	boot();
	tintin_service_stats_reset();
	samples_rewind();
	tintin_service_identify(0);
}

ZTEST(service, test_labels_are_learned_to_the_bits_of_the_host)
{
	struct tintin_saved saved;

	teach(GOLDEN_STEPS);
	zassert_equal(stats().learned, GOLDEN_STEPS);
	zassert_equal(stats().hits, GOLDEN_HITS);
	zassert_ok(tintin_service_save(&saved));
	zassert_equal(saved.step, GOLDEN_STEPS);
	zassert_equal(saved.crc, GOLDEN_CRC, "CRC 0x%08x", saved.crc);
}

ZTEST(service, test_a_prediction_waits_for_a_slice_and_not_for_a_step)
{
	uint64_t longest = 0, begun = stats().learn_cycles;
	unsigned int between = 0;
	struct tintin_window other;

	zassert_true(tintin_service_label(0, show_next()->label, &shown) > 0);
	while (info().pending > 0) {
		uint32_t start;

		k_sleep(K_TICKS(1)); /* the learning thread is somewhere inside its step */
		start = k_cycle_get_32();
		zassert_ok(tintin_service_observe(samples_next()->x, SAMPLE_LENGTH, &other));
		longest = MAX(longest, k_cycle_get_32() - start);
		between += info().pending > 0;
	}
	zassert_true(between > 1, "predictions between slices: %u", between);
	/* With a learner it may also wait for the label's own prediction. */
	zassert_true(longest < (stats().learn_cycles - begun) *
				       (IS_ENABLED(CONFIG_TINTIN_LEARNER) ? 4 : 3) / 4);
}

ZTEST(service, test_a_full_queue_says_busy_and_loses_nothing)
{
	const struct sample *s = show_next();
	int queued = 0;

	while (tintin_service_label(0, s->label, &shown) > 0) {
		queued++;
		zassert_true(queued <= CONFIG_TINTIN_QUEUE + 1);
	}
	zassert_equal(tintin_service_label(0, s->label, &shown), -EBUSY);
	zassert_true(queued >= CONFIG_TINTIN_QUEUE);
	settle();
	zassert_equal(stats().learned, queued);
	zassert_equal(tintin_service_label(0, s->label, &shown), 1);
	settle();
}

ZTEST(service, test_a_label_may_come_late_but_not_too_late)
{
	uint32_t first;

	show_next();
	first = shown.number;
	for (int i = 0; i < CONFIG_TINTIN_HISTORY; i++) {
		show_next();
	}
	zassert_equal(tintin_service_label(first, 0, &shown), -EAGAIN, "no longer there");
	zassert_equal(tintin_service_label(first + CONFIG_TINTIN_HISTORY + 1, 0, &shown), -EAGAIN,
		      "not there yet");
	zassert_equal(tintin_service_label(first + 1, 0, &shown), 1);
	zassert_equal(shown.number, first + 1);
	settle();
}

ZTEST(service, test_bad_calls_change_nothing)
{
	const struct sample *s = show_next();
	uint32_t windows = stats().windows;

	zassert_equal(tintin_service_label(0, CLASSES, &shown), -EDOM);
	zassert_equal(tintin_service_observe(s->x, SAMPLE_LENGTH - 1, &shown), -EINVAL);
	zassert_equal(tintin_service_set_rate((struct tintin_rate){.mantissa = 7}), -EINVAL);
	zassert_equal(stats().windows, windows);
	zassert_equal(stats().labels, 0);
	zassert_equal(info().pending, 0);
}

ZTEST(service, test_learning_off_refuses_labels_and_still_predicts)
{
	zassert_ok(tintin_service_train(false));
	zassert_equal(tintin_service_label(0, show_next()->label, &shown), -EPERM);
	zassert_equal(info().state, TINTIN_STATE_FROZEN);
	zassert_ok(tintin_service_train(true));
	zassert_equal(tintin_service_label(0, show_next()->label, &shown), 1);
	settle();
}

ZTEST(service, test_a_reset_forgets_queued_labels_too)
{
	const struct sample *s = show_next();

	for (int i = 0; i < 3; i++) {
		zassert_true(tintin_service_label(0, s->label, &shown) > 0);
	}
	zassert_ok(tintin_service_reset());
	settle();
	zassert_equal(info().step, 0);
	zassert_equal(stats().learned, 0);
	teach(1);
	zassert_equal(info().step, 1);
}

ZTEST(service, test_load_goes_back_to_what_was_saved)
{
	struct tintin_saved saved;

	zassert_equal(tintin_service_load(), -ENOENT);
	teach(2);
	zassert_ok(tintin_service_save(&saved));
	teach(2);
	zassert_ok(tintin_service_load());
	zassert_equal(info().step, 2);
}

ZTEST(service, test_a_reboot_goes_on_from_what_was_saved)
{
	struct tintin_saved saved;

	teach(3);
	zassert_ok(tintin_service_save(&saved));
	teach(1);
	boot();
	zassert_equal(info().step, 3);
	zassert_equal(info().saved_step, 3);
}

ZTEST(service, test_it_saves_by_itself)
{
	teach(CONFIG_TINTIN_AUTOSAVE + 1);
	zassert_equal(info().saved_step, CONFIG_TINTIN_AUTOSAVE);
}

ZTEST(service, test_an_automatic_save_that_fails_is_counted_and_the_next_one_tried)
{
	struct tintin_saved saved;

	zassert_ok(tintin_service_save(&saved));
	LAST_WRITE = WRITES; /* from now on nothing is written */
	teach(CONFIG_TINTIN_AUTOSAVE);
	zassert_equal(stats().save_errors, 1);
	zassert_equal(info().saved_step, 0);
	flash_recover();
	teach(CONFIG_TINTIN_AUTOSAVE);
	zassert_equal(stats().save_errors, 1);
	zassert_equal(info().saved_step, 2 * CONFIG_TINTIN_AUTOSAVE);
}

ZTEST(service, test_what_was_saved_with_other_inputs_or_classes_is_left_alone)
{
	struct tintin_saved saved;

	teach(1);
	zassert_ok(tintin_service_save(&saved), "as firmware that did not say what it means");
	tintin_service_identify(0x1234);
	boot();
	zassert_equal(info().step, 1, "adopted");
	teach(1);
	zassert_ok(tintin_service_save(&saved));
	tintin_service_identify(0x1235);
	boot();
	zassert_equal(info().step, 0, "the factory's");
	zassert_equal(tintin_service_load(), -ESTALE);
	zassert_equal(info().step, 0);
	tintin_service_identify(0x1234);
	boot();
	zassert_equal(info().step, 2, "nothing was erased");
	tintin_service_identify(0x1235);
	boot();
	teach(1);
	zassert_ok(tintin_service_save(&saved));
	boot();
	zassert_equal(info().step, 1, "what it saved itself");
}

static uint32_t calibration, refreshed;

static void refresh(void *data)
{
	*(uint32_t *)data = ++refreshed;
}

ZTEST(service, test_what_an_application_attaches_is_saved_with_the_network)
{
	static const struct tintin_attachment attachment = {
		.tag = 0x31544941u, /* "AIT1" */
		.data = &calibration,
		.size = sizeof(calibration),
		.refresh = refresh,
	};
	struct tintin_saved saved;
	const void *data;
	size_t size;

	zassert_ok(tintin_service_attach(&attachment));
	zassert_equal(tintin_service_attached(attachment.tag, &data, &size), -ENOENT);
	zassert_ok(tintin_service_save(&saved));
	boot();
	zassert_ok(tintin_service_attached(attachment.tag, &data, &size));
	zassert_equal(size, sizeof(calibration));
	zassert_mem_equal(data, &calibration, size);
	zassert_true(calibration > 0, "asked before it was saved");
	zassert_equal(tintin_service_attached(attachment.tag + 1, &data, &size), -ENOENT);
	zassert_ok(tintin_service_reset());
	zassert_equal(tintin_service_attached(attachment.tag, &data, &size), -ENOENT);
}

ZTEST(service, test_the_rate_is_kept_with_the_network)
{
	const struct tintin_rate rate = {.mantissa = 13, .shift = 4};
	struct tintin_saved saved;

	zassert_ok(tintin_service_set_rate(rate));
	zassert_ok(tintin_service_save(&saved));
	boot();
	zassert_equal(info().rate.mantissa, rate.mantissa);
	zassert_equal(info().rate.shift, rate.shift);
}

ZTEST(service, test_a_damaged_saved_record_is_ignored)
{
	struct tintin_flash flash;
	struct tintin_saved saved;

	teach(1);
	zassert_ok(tintin_service_save(&saved));
	zassert_ok(tintin_flash_area(&flash));
	((uint8_t *)flash.base)[200] ^= 0x01; /* the simulated flash lies in RAM */
	boot();
	zassert_equal(info().step, 0);
	teach(1);
	zassert_ok(tintin_service_save(&saved), "the store still works");
}

ZTEST(service, test_without_a_network_every_call_says_why)
{
	static uint8_t bad[RECORD_SIZE] __aligned(4);
	const struct sample *s = samples_next();
	struct tintin_service_info now;

	memcpy(bad, network_record, sizeof(bad));
	bad[100] ^= 0x01;
	zassert_equal(tintin_service_start(bad, sizeof(bad)), -EBADMSG);
	zassert_equal(tintin_service_info(&now), -EBADMSG);
	zassert_equal(now.state, TINTIN_STATE_FAILED);
	zassert_equal(tintin_service_observe(s->x, SAMPLE_LENGTH, &shown), -EBADMSG);
	zassert_equal(tintin_service_label(0, 0, &shown), -EBADMSG);
	zassert_equal(tintin_service_latest(&shown), -EBADMSG);
}

ZTEST_SUITE(service, NULL, NULL, before, NULL, NULL);
