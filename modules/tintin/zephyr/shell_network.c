/* SPDX-License-Identifier: Apache-2.0 */
/* tintin info, predict, stats: what the network is, sees and has done. */
#include <string.h>

#include <tintin/service.h>
#include <tintin/shell_answer.h>

static const char *const state_name[] = {
	[TINTIN_STATE_FAILED] = "failed",     [TINTIN_STATE_SILENT] = "silent",
	[TINTIN_STATE_FAULTY] = "faulty",
	[TINTIN_STATE_LEARNING] = "learning", [TINTIN_STATE_FROZEN] = "frozen",
	[TINTIN_STATE_READY] = "ready",
};

static const char *yes_no(bool yes)
{
	return yes ? "true" : "false";
}

static void print_info_json(const struct tintin_command *c, const struct tintin_service_info *i,
			    const char *rate)
{
	shell_fprintf(c->sh, SHELL_NORMAL,
		      "{\"ok\":true,\"version\":\"%s\",\"classes\":%u,\"input\":[%u,%u,%u],"
		      "\"layers\":%u,\"step\":%u,\"arena\":%u,",
		      TINTIN_VERSION, i->classes, i->input.h, i->input.w, i->input.c, i->layers,
		      i->step, (uint32_t)i->arena);
	shell_print(c->sh,
		    "\"arena_need\":%u,\"record\":%u,\"store_capacity\":%u,\"rate\":\"%s\","
		    "\"train\":%s}",
		    (uint32_t)i->arena_need, (uint32_t)i->record, (uint32_t)i->store_capacity, rate,
		    yes_no(i->train));
}

static void print_info(const struct tintin_command *c, const struct tintin_service_info *i,
		       const char *rate)
{
	shell_print(c->sh, "Tin-Tin %s: %u layers, input %ux%ux%u, %u classes", TINTIN_VERSION,
		    i->layers, i->input.h, i->input.w, i->input.c, i->classes);
	shell_print(c->sh, "step %u (saved: %u), learning %s, rate %s", i->step, i->saved_step,
		    i->train ? "on" : "off", rate);
	shell_print(c->sh, "arena %u of %u bytes, record %u bytes, store takes %u",
		    (uint32_t)i->arena_need, (uint32_t)i->arena, (uint32_t)i->record,
		    (uint32_t)i->store_capacity);
}

static int cmd_info(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct tintin_service_info info;
	char rate[TINTIN_RATE_TEXT];
	int error;

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	error = tintin_service_info(&info);
	if (error) {
		return tintin_fail(&c, error);
	}
	tintin_rate_text(info.rate, rate);
	if (c.json) {
		print_info_json(&c, &info, rate);
	} else {
		print_info(&c, &info, rate);
	}
	return 0;
}

static int cmd_predict(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct tintin_window window;
	int error;

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	error = tintin_service_latest(&window);
	if (error == -EAGAIN) {
		return tintin_refuse(&c, error, "no window of samples yet");
	}
	if (error == -ENODATA) {
		return tintin_refuse(&c, error, "the sensor is faulty: tintin sense");
	}
	if (error) {
		return tintin_fail(&c, error);
	}
	if (c.json) {
		shell_print(sh, "{\"ok\":true,\"window\":%u,\"label\":%u,\"confidence\":%u}",
			    window.number, window.prediction.label, window.prediction.confidence);
	} else {
		shell_print(sh, "window %u: class %u (%u %%)", window.number,
			    window.prediction.label,
			    (window.prediction.confidence * 100u + 16384u) >> 15);
	}
	return 0;
}

static void print_stats_json(const struct tintin_command *c, const struct tintin_stats *s,
			     const struct tintin_service_info *i)
{
	shell_fprintf(c->sh, SHELL_NORMAL,
		      "{\"ok\":true,\"windows\":%u,\"window\":%u,\"labels\":%u,\"learned\":%u,"
		      "\"hits\":%u,\"step\":%u,\"pending\":%u,",
		      s->windows, i->window, s->labels, s->learned, s->hits, i->step, i->pending);
	shell_print(c->sh,
		    "\"predict_cycles\":%llu,\"learn_cycles\":%llu,\"saved_step\":%u,"
		    "\"save_errors\":%u,\"sensor_errors\":%u,\"state\":\"%s\"}",
		    s->predict_cycles, s->learn_cycles, i->saved_step, s->save_errors,
		    s->sensor_errors, state_name[i->state]);
}

static void print_stats(const struct tintin_command *c, const struct tintin_stats *s,
			const struct tintin_service_info *i)
{
	shell_print(c->sh, "%s: %u windows, %u labels, %u learned, %u waiting",
		    state_name[i->state], s->windows, s->labels, s->learned, i->pending);
	shell_print(c->sh, "predicted right before learning: %u of %u", s->hits, s->learned);
	shell_print(c->sh, "cycles: %llu predicting, %llu learning", s->predict_cycles,
		    s->learn_cycles);
	shell_print(c->sh, "step %u (saved: %u), %u failed saves, %u sensor errors", i->step,
		    i->saved_step, s->save_errors, s->sensor_errors);
}

static int cmd_stats(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct tintin_service_info info;
	struct tintin_stats stats;

	if (tintin_too_many(&c, 2)) {
		return -EINVAL;
	}
	if (c.argc > 1 && strcmp(c.argv[1], "reset") != 0) {
		return tintin_refuse(&c, -EINVAL, "say nothing or: reset");
	}
	if (c.argc > 1) {
		tintin_service_stats_reset();
	}
	tintin_service_stats(&stats);
	(void)tintin_service_info(&info); /* a failed network has statistics, too */
	if (c.json) {
		print_stats_json(&c, &stats, &info);
	} else {
		print_stats(&c, &stats, &info);
	}
	return 0;
}

SHELL_SUBCMD_ADD((tintin), info, NULL,
		 "The network: shape, steps learned, memory it takes\nUsage: tintin info [-j]",
		 cmd_info, 1, SHELL_OPT_ARG_CHECK_SKIP);
SHELL_SUBCMD_ADD((tintin), predict, NULL,
		 "What the newest window is taken for\nUsage: tintin predict [-j]", cmd_predict, 1,
		 SHELL_OPT_ARG_CHECK_SKIP);
SHELL_SUBCMD_ADD((tintin), stats, NULL,
		 "Counters since boot, or set them to 0\nUsage: tintin stats [reset] [-j]",
		 cmd_stats, 1, SHELL_OPT_ARG_CHECK_SKIP);
