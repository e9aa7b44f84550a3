/* SPDX-License-Identifier: Apache-2.0 */
/* Learning on this core gives the bits of the host, and bad calls change none of them. */
#include <zephyr/ztest.h>

#include "golden.h"
#include "samples.h"

static struct tintin net;

ZTEST(learning, test_same_bits_as_the_host)
{
	open_network(&net);
	zassert_equal(learn_samples(&net, GOLDEN_STEPS), GOLDEN_HITS);
	zassert_equal(record_crc(&net), GOLDEN_CRC, "CRC 0x%08x", record_crc(&net));
}

ZTEST(learning, test_slices_with_predictions_between_give_the_same_bits)
{
	static const struct tintin_options options = {.train = TINTIN_TRAIN_ALL,
						      .concurrent = true};
	struct tintin_arena arena = {.base = test_arena, .size = sizeof(test_arena)};
	struct tintin_prediction guess;

	zassert_ok(tintin_open(&net, network_record, sizeof(network_record), &options, &arena));
	samples_rewind();
	for (int i = 0; i < GOLDEN_STEPS; i++) {
		const struct sample *s = samples_next();

		zassert_ok(tintin_learn_begin(&net, s->x, SAMPLE_LENGTH, s->label));
		do {
			zassert_ok(tintin_predict(&net, s->x, SAMPLE_LENGTH, &guess));
		} while (tintin_learn_slice(&net) > 0);
	}
	zassert_equal(record_crc(&net), GOLDEN_CRC, "CRC 0x%08x", record_crc(&net));
}

ZTEST(learning, test_a_bad_sample_or_label_changes_nothing)
{
	const struct sample *s;

	open_network(&net);
	learn_samples(&net, GOLDEN_STEPS / 2);
	s = samples_next();
	samples_rewind();
	for (int i = 0; i < GOLDEN_STEPS / 2; i++) {
		samples_next();
	}
	zassert_equal(tintin_learn(&net, s->x, SAMPLE_LENGTH - 1, 0, NULL), -EINVAL);
	zassert_equal(tintin_learn(&net, s->x, SAMPLE_LENGTH, CLASSES, NULL), -EDOM);
	learn_samples(&net, GOLDEN_STEPS / 2);
	zassert_equal(record_crc(&net), GOLDEN_CRC, "CRC 0x%08x", record_crc(&net));
}

ZTEST_SUITE(learning, NULL, NULL, NULL, NULL, NULL);
