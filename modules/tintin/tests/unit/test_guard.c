/* SPDX-License-Identifier: Apache-2.0 */
/* The guard as a judge: evidence in, verdict out. */
#include <promise.h>
#include <tintin/error.h>
#include <tintin/guard.h>

static const struct tintin_guard_options bounds = {
	.loss_bound = 12, .hits_bound = 20, .rescale_bound = 3, .patience = 4,
	.slow_step = 2,   .slow_most = 8,  .recover = 4,       .evidence = 4};

/* So many classes of four samples that were hit, each sample's loss changed by this, 1/128. */
static struct tintin_evidence changed(int classes, int by)
{
	struct tintin_evidence sum = {0};

	for (int c = 0; c < classes; c++) {
		struct tintin_class_evidence e = {.known = 1, .predicted = 4};

		for (int i = 0; i < 4; i++) {
			tintin_guard_count(&e, tintin_guard_note((128 - 50) << 8, true),
					   tintin_guard_note((uint16_t)((128 - 50 - by) << 8), true));
		}
		tintin_guard_sum(&sum, &e);
	}
	return sum;
}

static enum tintin_verdict judge(struct tintin_guard *g, int by)
{
	struct tintin_evidence e = changed(5, by);

	return tintin_guard_judge(g, &bounds, &e);
}

PROMISE(what_is_no_worse_is_kept)
{
	struct tintin_guard g = {0};

	EXPECT_EQ(judge(&g, 0), TINTIN_KEEP);
	EXPECT_EQ(judge(&g, -20), TINTIN_KEEP);
	EXPECT_EQ(g.slow, 0);
}

PROMISE(beyond_the_bound_it_rolls_back_and_slows_down)
{
	struct tintin_guard g = {0};

	EXPECT_EQ(judge(&g, 12), TINTIN_WATCH);
	EXPECT_EQ(judge(&g, 13), TINTIN_ROLL_BACK);
	EXPECT_EQ(g.cause, TINTIN_CAUSE_LOSS);
	EXPECT_EQ(g.slow, 2);
	for (int i = 0; i < 20; i++) {
		EXPECT_EQ(judge(&g, 13), TINTIN_ROLL_BACK);
	}
	EXPECT_EQ(g.slow, bounds.slow_most);
}

PROMISE(a_little_worse_is_watched_then_tolerated_more_is_not)
{
	struct tintin_guard little = {0}, more = {0};

	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(judge(&little, 6), TINTIN_WATCH);
		EXPECT_EQ(judge(&more, 7), TINTIN_WATCH);
	}
	EXPECT_EQ(judge(&little, 6), TINTIN_TOLERATE);
	EXPECT_EQ(judge(&more, 7), TINTIN_ROLL_BACK);
	EXPECT_EQ(more.cause, TINTIN_CAUSE_PATIENCE);
	EXPECT_EQ(more.slow, 1);
}

PROMISE(after_harm_it_doubts_and_keeps_only_what_is_better)
{
	struct tintin_guard g = {0};
	struct tintin_guard_options o = bounds;

	o.doubt = 8;
	EXPECT(!tintin_guard_doubts(&g, &o, 0));
	EXPECT_EQ(judge(&g, 40), TINTIN_ROLL_BACK);
	EXPECT(tintin_guard_doubts(&g, &o, 1023)); /* 8 / 256 is 1024 in Q15 */
	EXPECT(!tintin_guard_doubts(&g, &o, 1024));
	o.doubt = 0;
	EXPECT(!tintin_guard_doubts(&g, &o, 0));
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(judge(&g, 1), TINTIN_WATCH);
	}
	EXPECT_EQ(judge(&g, 1), TINTIN_ROLL_BACK); /* where it would else be tolerated */
	while (g.slow > 0) {
		EXPECT(g.sceptical);
		EXPECT_EQ(judge(&g, 0), TINTIN_KEEP);
	}
	EXPECT(!g.sceptical);
}

PROMISE(classes_that_opened_may_cost_the_others_more_for_a_while)
{
	struct tintin_guard little = {0}, more = {0};
	struct tintin_evidence within = changed(5, 12), beyond = changed(5, 13);

	within.opened = beyond.opened = true;
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(tintin_guard_judge(&little, &bounds, &within), TINTIN_WATCH);
		EXPECT_EQ(tintin_guard_judge(&more, &bounds, &beyond), TINTIN_WATCH);
	}
	EXPECT_EQ(tintin_guard_judge(&little, &bounds, &within), TINTIN_TOLERATE);
	EXPECT_EQ(tintin_guard_judge(&more, &bounds, &beyond), TINTIN_ROLL_BACK);
	EXPECT_EQ(more.slow, 1);
	EXPECT(!more.sceptical);
	beyond.collapsed = true;
	EXPECT_EQ(tintin_guard_judge(&little, &bounds, &beyond), TINTIN_ROLL_BACK);
}

PROMISE(what_is_worse_recovers_nothing)
{
	struct tintin_guard g = {0};

	EXPECT_EQ(judge(&g, 40), TINTIN_ROLL_BACK);
	for (int i = 0; i < 40; i++) {
		EXPECT(judge(&g, i % 2) != TINTIN_TOLERATE);
		EXPECT_EQ(g.calm + (2 - g.slow) * bounds.recover, i / 2 + 1 < 8 ? i / 2 + 1 : 8);
	}
}

PROMISE(the_rate_recovers_and_more_slowly_each_time_it_failed)
{
	struct tintin_guard g = {0};
	int waits[2] = {0};

	for (int round = 0; round < 2; round++) {
		EXPECT_EQ(judge(&g, 40), TINTIN_ROLL_BACK);
		while (g.slow > 0) {
			EXPECT_EQ(judge(&g, 0), TINTIN_KEEP);
			waits[round]++;
		}
	}
	EXPECT_EQ(waits[0], 8);
	EXPECT_EQ(waits[1], 16);
}

PROMISE(each_class_has_the_same_weight_however_many_its_samples)
{
	struct tintin_class_evidence many = {.known = 1}, few = {.known = 1};
	struct tintin_evidence sum = {0};

	for (int i = 0; i < 30; i++) {
		tintin_guard_count(&many, 50, 51);
	}
	tintin_guard_count(&few, 50, 49);
	tintin_guard_sum(&sum, &many);
	tintin_guard_sum(&sum, &few);
	EXPECT_EQ(sum.loss, 0);
	EXPECT_EQ(sum.classes, 2);
	EXPECT_EQ(sum.samples, 31);
}

PROMISE(a_hopeless_sample_of_a_known_class_makes_up_for_little)
{
	struct tintin_class_evidence known = {.known = 1}, fresh = {0};

	tintin_guard_count(&known, 127, 27);
	tintin_guard_count(&fresh, 127, 27);
	EXPECT_EQ(4 * known.loss, fresh.loss);
}

PROMISE(lost_hits_rescales_and_a_vanished_class_are_causes)
{
	struct tintin_guard g = {0};
	struct tintin_evidence e = changed(5, 1);

	e.lost = 5 * 256 * 21 / 100;
	EXPECT_EQ(tintin_guard_judge(&g, &bounds, &e), TINTIN_ROLL_BACK);
	EXPECT_EQ(g.cause, TINTIN_CAUSE_HITS);
	e = changed(5, -5);
	e.rescales = 4;
	EXPECT_EQ(tintin_guard_judge(&g, &bounds, &e), TINTIN_ROLL_BACK);
	EXPECT_EQ(g.cause, TINTIN_CAUSE_RESCALE);
	e = changed(5, 1);
	tintin_guard_sum(&e, &(struct tintin_class_evidence){.before = 3, .samples = 3});
	EXPECT_EQ(tintin_guard_judge(&g, &bounds, &e), TINTIN_ROLL_BACK);
	EXPECT_EQ(g.cause, TINTIN_CAUSE_COLLAPSE);
}

PROMISE(bad_guard_options_are_refused)
{
	struct tintin_guard_options o = bounds;

	EXPECT_EQ(tintin_guard_check(&o), 0);
	o.patience = 0;
	EXPECT_EQ(tintin_guard_check(&o), -EINVAL);
	o = bounds;
	o.hits_bound = 101;
	EXPECT_EQ(tintin_guard_check(&o), -EINVAL);
}
