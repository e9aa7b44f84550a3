/* SPDX-License-Identifier: Apache-2.0 */
/* The learner over a network: what a label, a silence, a power cut and a bad teacher lead to. */
#include <stdlib.h>
#include <string.h>

#include <net.h>
#include <tintin/learner.h>
#include <tintin/probe.h>

#define LENGTH 64

/* A learner with all that an application gives it. */
struct life {
	struct net net;
	struct tintin_learner learner;
	struct tintin_learner_options options;
	struct tintin_learner_hooks hooks;
	struct blob good; /* the last good state */
	void *memory;
	size_t size;
	bool refuse, no_flash;
	uint32_t asked, kept, restored, events[8];
};

static int keep(void *context)
{
	struct life *life = context;
	struct blob now;

	if (life->no_flash) {
		return -EIO;
	}
	life->kept++;
	now = net_save(&life->net.tintin);
	EXPECT_EQ(tintin_rebase(&life->net.tintin, now.data, now.size), 0);
	blob_free(&life->good);
	life->good = now;
	return 0;
}

static int restore(void *context)
{
	struct life *life = context;
	struct tintin_options options = life->net.tintin.options;
	const struct blob *from = life->good.data != NULL ? &life->good : &life->net.record;

	life->restored++;
	return tintin_open(&life->net.tintin, from->data, from->size, &options, &life->net.arena);
}

static bool permit(void *context, enum tintin_work work)
{
	struct life *life = context;

	(void)work;
	life->asked++;
	return !life->refuse;
}

static void event(void *context, const struct tintin_event *e)
{
	struct life *life = context;

	life->events[e->kind]++;
}

static void start(struct life *life, const char *method)
{
	uint32_t train = TINTIN_TRAIN_ALL;
	int id = tintin_method_named(method);
	struct tintin_options how = {.concurrent = true};

	memset(life, 0, sizeof(*life));
	EXPECT(id >= 0);
	tintin_learner_defaults(&life->options);
	life->options.method = (uint8_t)id;
	if (strcmp(method, "latent") == 0 || tintin_method(life->options.method)->last_only) {
		train = 1u << 1;
	}
	how.train = train;
	life->net = net_named("mlp", &how);
	life->hooks = (struct tintin_learner_hooks){keep, restore, permit, event, life};
	promise_about("%s", method);
}

static void open_learner(struct life *life)
{
	EXPECT_EQ(tintin_learner_size(&life->net.tintin, &life->options, &life->size), 0);
	life->memory = malloc(life->size);
	memset(life->memory, 0xa5, life->size);
	EXPECT_EQ(tintin_learner_open(&life->learner, &life->net.tintin, &life->options,
				      &life->hooks, life->memory, life->size), 0);
}

static void end(struct life *life)
{
	blob_free(&life->good);
	free(life->memory);
	net_close(&life->net);
}

static uint32_t run(struct life *life)
{
	uint32_t slices = 0;

	while (tintin_learner_slice(&life->learner)) {
		slices++;
		EXPECT(slices < 100000);
	}
	return slices;
}

/* Samples @p from .. @p to - 1 of the stream, labelled by @p teacher. */
static void live(struct life *life, uint32_t from, uint32_t to, uint16_t (*teacher)(uint16_t label))
{
	struct tintin_prediction p;
	int8_t x[LENGTH];

	for (uint32_t i = from; i < to; i++) {
		uint16_t label = net_sample(&life->net.tintin, i, x);

		label = teacher != NULL ? teacher(label) : label;
		EXPECT_EQ(tintin_learner_observe(&life->learner, x, LENGTH, label, &p), 0);
		run(life);
	}
}

static uint32_t accuracy(struct life *life)
{
	struct tintin_prediction p;
	uint32_t hits = 0;
	int8_t x[LENGTH];

	for (uint32_t i = 100000; i < 100500; i++) {
		uint16_t label = net_sample(&life->net.tintin, i, x);

		EXPECT_EQ(tintin_predict(&life->net.tintin, x, LENGTH, &p), 0);
		hits += p.label == label;
	}
	return hits / 5;
}

static void settle(struct life *life)
{
	EXPECT_EQ(tintin_learner_settle(&life->learner), 0);
	run(life);
}

PROMISE(every_method_has_a_name_and_learns)
{
	for (uint8_t id = 0; id < TINTIN_METHODS; id++) {
		struct life life;
		/* ewc opens classes with weights 0 and so is slow at first. */
		uint32_t samples = tintin_method(id)->pulls ? 1200 : 400;

		start(&life, tintin_method(id)->name);
		open_learner(&life);
		EXPECT_EQ(tintin_learner_close(&life.learner, TINTIN_NO_LABEL), 0);
		live(&life, 0, samples, NULL);
		EXPECT(accuracy(&life) >= 80);
		EXPECT_EQ(tintin_learner_counters(&life.learner)->labels, samples);
		EXPECT_EQ(life.events[TINTIN_EVENT_OPENED] >= 10, true);
		end(&life);
	}
	EXPECT(tintin_method(TINTIN_METHODS) == NULL);
	EXPECT_EQ(tintin_method_named("none"), -EINVAL);
}

PROMISE(the_memory_is_as_large_as_was_said)
{
	struct life life;

	start(&life, "replay");
	EXPECT_EQ(tintin_learner_size(&life.net.tintin, &life.options, &life.size), 0);
	life.memory = malloc(life.size - 4);
	EXPECT_EQ(tintin_learner_open(&life.learner, &life.net.tintin, &life.options, &life.hooks,
				      life.memory, life.size - 4), -ENOMEM);
	free(life.memory);
	open_learner(&life);
	live(&life, 0, 300, NULL); /* AddressSanitizer guards both ends */
	end(&life);
}

PROMISE(each_label_is_followed_by_steps_from_the_buffer)
{
	struct life life;
	const struct tintin_counters *c;
	uint32_t before;

	start(&life, "replay");
	life.options.share = 0;
	life.options.replays = 3;
	open_learner(&life);
	live(&life, 0, 50, NULL);
	c = tintin_learner_counters(&life.learner);
	before = c->alarms[0] + c->alarms[1] + c->alarms[2] + c->alarms[3];
	EXPECT_EQ(before, 0);
	EXPECT_EQ(c->steps, 200);
	EXPECT_EQ(c->replayed, 150);
	EXPECT_EQ(life.net.tintin.step, 200);
	end(&life);
}

PROMISE(no_slice_is_longer_than_one_layer_or_one_prediction)
{
	struct life life;
	int8_t x[LENGTH];
	struct tintin_prediction p;
	uint16_t label;

	start(&life, "replay");
	life.options.share = 0;
	life.options.replays = 4;
	open_learner(&life);
	label = net_sample(&life.net.tintin, 1, x);
	EXPECT_EQ(tintin_learner_observe(&life.learner, x, LENGTH, label, &p), 0);
	/* forward 2, loss 1, backward 2; between steps one slice that begins the next */
	EXPECT_EQ(run(&life) + 1, 5 * 5 + 4);
	end(&life);
}

PROMISE(a_sample_is_predicted_between_slices_and_a_second_label_waits)
{
	struct life life;
	int8_t x[LENGTH];
	struct tintin_prediction p;

	start(&life, "replay");
	life.options.guard.evidence = 0;
	open_learner(&life);
	net_sample(&life.net.tintin, 1, x);
	EXPECT_EQ(tintin_learner_observe(&life.learner, x, LENGTH, 1, &p), 0);
	EXPECT_EQ(tintin_learner_slice(&life.learner), 1);
	EXPECT_EQ(tintin_learner_observe(&life.learner, x, LENGTH, TINTIN_NO_LABEL, &p), 0);
	EXPECT_EQ(tintin_learner_observe(&life.learner, x, LENGTH, 2, &p), -EBUSY);
	EXPECT_EQ(tintin_learner_seal(&life.learner), -EBUSY);
	run(&life);
	EXPECT_EQ(tintin_learner_observe(&life.learner, x, LENGTH, 2, &p), 0);
	EXPECT_EQ(tintin_learner_observe(&life.learner, x, LENGTH - 1, 2, &p), -EINVAL);
	EXPECT_EQ(tintin_learner_observe(&life.learner, x, LENGTH, 10, &p), -EDOM);
	EXPECT_EQ(tintin_learner_observe(&life.learner, x, LENGTH, -2, &p), -EDOM);
	end(&life);
}

static uint16_t always_3(uint16_t label)
{
	(void)label;
	return 3;
}

PROMISE(nothing_is_learned_that_could_not_be_judged)
{
	struct life life;

	start(&life, "replay");
	open_learner(&life);
	live(&life, 0, 100, always_3);
	EXPECT_EQ(tintin_learner_counters(&life.learner)->steps, 0);
	EXPECT_EQ(life.learner.replay->count, 100);
	live(&life, 100, 101, NULL);
	live(&life, 101, 110, NULL);
	EXPECT(tintin_learner_counters(&life.learner)->steps > 0);
	end(&life);
}

PROMISE(constant_labels_leave_the_network_as_good_as_it_was)
{
	struct life life;
	uint32_t before;

	start(&life, "replay");
	open_learner(&life);
	live(&life, 0, 600, NULL);
	settle(&life);
	before = accuracy(&life);
	EXPECT(before >= 95);
	live(&life, 600, 1200, always_3);
	settle(&life);
	promise_about("%u %% before, %u %% after", before, accuracy(&life));
	EXPECT(accuracy(&life) + 1 >= before);
	EXPECT(life.restored > 0);
	EXPECT_EQ(life.restored, life.events[TINTIN_EVENT_ROLLED_BACK]);
	end(&life);
}

static uint16_t often_wrong(uint16_t label)
{
	static uint32_t calls;

	return model_hash(calls++) % 5 < 2 ? (uint16_t)(model_hash(calls) % 10) : label;
}

PROMISE(a_learning_rate_far_too_high_is_undone_and_lowered)
{
	struct life life;
	uint32_t before;

	start(&life, "replay");
	open_learner(&life);
	live(&life, 0, 600, NULL);
	settle(&life);
	before = accuracy(&life);
	EXPECT_EQ(tintin_learner_set_rate(&life.learner, (struct tintin_rate){8, -1}), 0);
	live(&life, 600, 1000, often_wrong); /* the stream is too easy for its errors to do harm */
	settle(&life);
	promise_about("%u %% before, %u %% after", before, accuracy(&life));
	EXPECT(accuracy(&life) + 2 >= before);
	EXPECT(life.learner.state->guard.slow > 0);
	EXPECT_EQ(life.net.tintin.rate.shift,
		  life.learner.state->rate.shift + life.learner.state->guard.slow);
	end(&life);
}

PROMISE(after_settling_the_network_is_the_last_good_state)
{
	struct life life;
	struct blob now;

	start(&life, "replay");
	open_learner(&life);
	for (uint32_t i = 0; i < 500; i += 50) {
		live(&life, i, i + 50, NULL);
		settle(&life);
		if (life.good.data != NULL && life.kept > 0) {
			now = net_save(&life.net.tintin);
			/* but for the learning rate, which a rollback lowers */
			((struct tintin_header *)now.data)->rate_shift =
				((struct tintin_header *)life.good.data)->rate_shift;
			blob_seal(&now);
			EXPECT(blob_equal(&now, &life.good));
			blob_free(&now);
		}
	}
	EXPECT(life.kept > 3);
	end(&life);
}

PROMISE(a_learner_resumed_after_a_power_cut_gives_the_same_bits)
{
	static const char *const methods[] = {"replay", "latent", "ncm", "ewc"};

	for (size_t m = 0; m < 4; m++) {
		struct life life, again;
		struct blob record, other;

		start(&life, methods[m]);
		open_learner(&life);
		EXPECT_EQ(tintin_learner_close(&life.learner, TINTIN_NO_LABEL), 0);
		live(&life, 0, 333, NULL);
		settle(&life);
		EXPECT_EQ(tintin_learner_seal(&life.learner), 0);

		start(&again, methods[m]);
		record = net_save(&life.net.tintin);
		net_close(&again.net);
		again.net = net_open(&record, &life.net.tintin.options);
		again.memory = malloc(life.size);
		memcpy(again.memory, life.memory, life.size);
		EXPECT_EQ(tintin_learner_resume(&again.learner, &again.net.tintin, &again.options,
						&again.hooks, again.memory, life.size), 0);
		again.size = life.size;
		blob_free(&record);

		live(&life, 333, 700, NULL);
		live(&again, 333, 700, NULL);
		net_expect_equal(&life.net.tintin, &again.net.tintin);
		settle(&life);
		settle(&again);
		EXPECT_EQ(tintin_learner_seal(&life.learner), 0);
		EXPECT_EQ(tintin_learner_seal(&again.learner), 0);
		EXPECT_EQ(memcmp(life.memory, again.memory, life.size), 0);
		other = net_save(&again.net.tintin);
		blob_free(&other);
		end(&again);
		end(&life);
	}
}

PROMISE(a_learner_memory_with_any_byte_changed_is_refused)
{
	struct life life;
	uint8_t *bytes;

	start(&life, "replay");
	life.options.slots = 12;
	open_learner(&life);
	live(&life, 0, 60, NULL);
	settle(&life);
	EXPECT_EQ(tintin_learner_seal(&life.learner), 0);
	bytes = life.memory;
	for (size_t i = 0; i < life.size; i++) {
		bytes[i] ^= 1u;
		promise_about("byte %zu", i);
		EXPECT(tintin_learner_resume(&life.learner, &life.net.tintin, &life.options,
					     &life.hooks, life.memory, life.size) < 0);
		bytes[i] ^= 1u;
	}
	EXPECT_EQ(tintin_learner_resume(&life.learner, &life.net.tintin, &life.options, &life.hooks,
					life.memory, life.size), 0);
	life.options.method = TINTIN_NAIVE;
	EXPECT_EQ(tintin_learner_resume(&life.learner, &life.net.tintin, &life.options, &life.hooks,
					life.memory, life.size), -ESTALE);
	end(&life);
}

PROMISE(what_permit_or_budget_refuse_is_stored_and_not_learned)
{
	struct life life;

	start(&life, "replay");
	life.options.guard.evidence = 0;
	open_learner(&life);
	life.refuse = true;
	live(&life, 0, 40, NULL);
	EXPECT_EQ(tintin_learner_counters(&life.learner)->steps, 0);
	EXPECT_EQ(life.learner.replay->count, 40);
	EXPECT(life.events[TINTIN_EVENT_REFUSED] > 0);
	EXPECT_EQ(tintin_learner_idle(&life.learner), 0);
	life.refuse = false;
	EXPECT_EQ(tintin_learner_idle(&life.learner), life.options.idle_steps);
	run(&life);
	EXPECT_EQ(tintin_learner_counters(&life.learner)->replayed, life.options.idle_steps);
	end(&life);

	start(&life, "replay");
	life.options.guard.evidence = 0;
	life.options.budget = 20;
	life.options.period = 10;
	open_learner(&life);
	live(&life, 0, 100, NULL);
	EXPECT(tintin_learner_counters(&life.learner)->steps <= 200);
	EXPECT(tintin_learner_counters(&life.learner)->steps > 150);
	end(&life);
}

PROMISE(a_flash_that_fails_is_counted_and_told_and_learning_goes_on)
{
	struct life life;

	start(&life, "replay");
	open_learner(&life);
	life.no_flash = true;
	live(&life, 0, 300, NULL);
	settle(&life);
	EXPECT(tintin_learner_counters(&life.learner)->failures > 0);
	EXPECT_EQ(life.events[TINTIN_EVENT_FAILED],
		  tintin_learner_counters(&life.learner)->failures);
	EXPECT_EQ(life.events[TINTIN_EVENT_KEPT], 0);
	EXPECT_EQ(tintin_learner_counters(&life.learner)->kept, 0);
	EXPECT(accuracy(&life) >= 80);
	life.no_flash = false;
	settle(&life);
	EXPECT_EQ(tintin_learner_counters(&life.learner)->kept, 1);
	end(&life);
}

PROMISE(remembered_samples_are_stored_and_teach_nothing_yet)
{
	struct life life;
	int8_t x[LENGTH];

	start(&life, "replay");
	open_learner(&life);
	for (uint32_t i = 0; i < 100; i++) {
		uint16_t label = net_sample(&life.net.tintin, i, x);

		EXPECT_EQ(tintin_learner_remember(&life.learner, x, LENGTH, label), 0);
	}
	EXPECT_EQ(life.learner.replay->count, 100);
	EXPECT_EQ(life.net.tintin.step, 0);
	EXPECT_EQ(tintin_learner_counters(&life.learner)->labels, 0);
	EXPECT_EQ(tintin_learner_idle(&life.learner), life.options.idle_steps);
	EXPECT_EQ(tintin_learner_erase(&life.learner, TINTIN_NO_LABEL), 0);
	EXPECT_EQ(life.learner.replay->count, 0);
	run(&life);
	end(&life);
}

PROMISE(a_network_or_options_that_do_not_suit_are_refused)
{
	struct life life;
	size_t size;

	start(&life, "replay");
	life.options.method = TINTIN_NCM; /* needs the last layer alone to learn */
	EXPECT_EQ(tintin_learner_size(&life.net.tintin, &life.options, &life.size), 0);
	life.memory = malloc(life.size);
	EXPECT_EQ(tintin_learner_open(&life.learner, &life.net.tintin, &life.options, &life.hooks,
				      life.memory, life.size), -EPERM);
	life.options.method = TINTIN_METHODS;
	EXPECT_EQ(tintin_learner_size(&life.net.tintin, &life.options, &size), -EINVAL);
	tintin_learner_defaults(&life.options);
	life.options.burst = 0;
	EXPECT_EQ(tintin_learner_size(&life.net.tintin, &life.options, &size), -EINVAL);
	end(&life);
}
