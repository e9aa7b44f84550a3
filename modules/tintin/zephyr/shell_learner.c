/* SPDX-License-Identifier: Apache-2.0 */
/* tintin learner, erase: how it learns, what it remembers, and what happened to it. */
#include <string.h>

#include <tintin/service.h>
#include <tintin/shell_answer.h>

static const char *const cause_name[] = {
	[TINTIN_CAUSE_NONE] = "none",         [TINTIN_CAUSE_LOSS] = "loss",
	[TINTIN_CAUSE_HITS] = "hits",         [TINTIN_CAUSE_COLLAPSE] = "collapse",
	[TINTIN_CAUSE_RESCALE] = "rescale",   [TINTIN_CAUSE_PATIENCE] = "patience",
};

static int fail(const struct tintin_command *c, int error)
{
	if (error == -ENOMEM) {
		return tintin_refuse(c, error, "the learner's memory is too small: see the log");
	}
	return tintin_fail(c, error);
}

static void print_classes_json(const struct tintin_command *c, uint16_t classes)
{
	struct tintin_class_status k;

	shell_fprintf(c->sh, SHELL_NORMAL, "\"per_class\":[");
	for (uint32_t i = 0; i < classes && tintin_service_class((uint16_t)i, &k) == 0; i++) {
		shell_fprintf(c->sh, SHELL_NORMAL, "%s[%u,%u,%u]", i > 0 ? "," : "", k.open,
			      k.samples, k.held);
	}
	shell_print(c->sh, "]}");
}

static void print_json(const struct tintin_command *c, const struct tintin_learner_status *s)
{
	const struct tintin_counters *n = &s->counters;
	char rate[TINTIN_RATE_TEXT];

	tintin_rate_text(s->rate, rate);
	shell_fprintf(c->sh, SHELL_NORMAL,
		      "{\"ok\":true,\"method\":\"%s\",\"memory\":%u,\"need\":%u,\"classes\":%u,"
		      "\"open\":%u,\"slots\":%u,\"samples\":%u,\"held\":%u,\"share\":%u,"
		      "\"seed\":%u,",
		      s->method, (uint32_t)s->memory, (uint32_t)s->need, s->classes, s->open,
		      s->slots, s->count, s->held, s->share, s->seed);
	shell_fprintf(c->sh, SHELL_NORMAL,
		      "\"observed\":%u,\"labels\":%u,\"steps\":%u,\"replayed\":%u,\"judged\":%u,"
		      "\"bursts\":%u,\"kept\":%u,\"rollbacks\":%u,\"refused\":%u,\"doubted\":%u,"
		      "\"failures\":%u,",
		      n->observed, n->labels, n->steps, n->replayed, n->judged, n->bursts, n->kept,
		      n->rollbacks, n->refused, n->doubted, n->failures);
	shell_fprintf(c->sh, SHELL_NORMAL,
		      "\"alarms\":[%u,%u,%u,%u],\"rate\":\"%s\",\"slow\":%u,\"cause\":\"%s\","
		      "\"idle_after\":%u,",
		      n->alarms[0], n->alarms[1], n->alarms[2], n->alarms[3], rate, s->slow,
		      cause_name[s->cause], s->idle_after);
	print_classes_json(c, s->classes);
}

static void print_classes(const struct tintin_command *c, uint16_t classes)
{
	struct tintin_class_status k;

	for (uint32_t i = 0; i < classes && tintin_service_class((uint16_t)i, &k) == 0; i++) {
		shell_print(c->sh, "  class %u: %s, %u samples, %u of them held out", i,
			    k.open ? "open" : "closed", k.samples, k.held);
	}
}

static void print_words(const struct tintin_command *c, const struct tintin_learner_status *s)
{
	const struct tintin_counters *n = &s->counters;
	char rate[TINTIN_RATE_TEXT];

	tintin_rate_text(s->rate, rate);
	shell_print(c->sh, "%s: %u of %u classes open, memory %u of %u bytes", s->method, s->open,
		    s->classes, (uint32_t)s->need, (uint32_t)s->memory);
	shell_print(c->sh, "buffer: %u of %u samples, %u held out for the guard", s->count,
		    s->slots, s->held);
	print_classes(c, s->classes);
	shell_print(c->sh, "%u windows, %u labels, %u steps, %u of them from the buffer",
		    n->observed, n->labels, n->steps, n->replayed);
	shell_print(c->sh, "guard: %u bursts, %u kept, %u rolled back (last for: %s), %u failures",
		    n->bursts, n->kept, n->rollbacks, cause_name[s->cause], n->failures);
	shell_print(c->sh, "drift alarms: loss %u, confidence %u, offset %u, amplitude %u",
		    n->alarms[0], n->alarms[1], n->alarms[2], n->alarms[3]);
	shell_print(c->sh, "rate %s, halved %u times; refused for supply or budget: %u; doubted: %u",
		    rate, s->slow, n->refused, n->doubted);
}

static int cmd_status(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct tintin_learner_status status;
	int error;

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	error = tintin_service_learner(&status);
	if (error) {
		return fail(&c, error);
	}
	if (c.json) {
		print_json(&c, &status);
	} else {
		print_words(&c, &status);
	}
	return 0;
}

static int answer_option(const struct tintin_command *c, const char *name)
{
	uint32_t value;
	int error = tintin_service_learner_get(name, &value);

	if (error == -ENOENT) {
		return tintin_refuse(c, error, "no such option: tintin learner set lists them");
	}
	if (error) {
		return fail(c, error);
	}
	if (c->json) {
		shell_print(c->sh, "{\"ok\":true,\"%s\":%u}", name, value);
	} else {
		shell_print(c->sh, "%s is %u", name, value);
	}
	return 0;
}

static int list_options(const struct tintin_command *c)
{
	const char *name;
	uint32_t value;

	if (c->json) {
		shell_fprintf(c->sh, SHELL_NORMAL, "{\"ok\":true");
	}
	for (unsigned int i = 0; (name = tintin_service_learner_option(i)) != NULL; i++) {
		if (tintin_service_learner_get(name, &value) == 0) {
			shell_fprintf(c->sh, SHELL_NORMAL, c->json ? ",\"%s\":%u" : "%s %u\n",
				      name, value);
		}
	}
	if (c->json) {
		shell_print(c->sh, "}");
	}
	return 0;
}

static int cmd_set(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	uint32_t value;
	int error;

	if (tintin_too_many(&c, 3)) {
		return -EINVAL;
	}
	if (c.argc == 1) {
		return list_options(&c);
	}
	if (c.argc == 2) {
		return answer_option(&c, c.argv[1]);
	}
	if (!tintin_parse_number(c.argv[2], UINT32_MAX, &value)) {
		return tintin_refuse(&c, -EINVAL, "an option is set to a number");
	}
	error = tintin_service_learner_set(c.argv[1], value);
	if (error == -EINVAL) {
		return tintin_refuse(&c, error, "out of the option's range: <tintin/learner.h> has it");
	}
	return error && error != -ENOENT ? fail(&c, error) : answer_option(&c, c.argv[1]);
}

/* Not inlined: what it needs would lie on the stack below the change of the method. */
static __attribute__((noinline)) int answer_method(const struct tintin_command *c)
{
	struct tintin_learner_status s;
	int error = tintin_service_learner(&s);

	if (error) {
		return fail(c, error);
	}
	if (c->json) {
		shell_print(c->sh, "{\"ok\":true,\"method\":\"%s\",\"need\":%u}", s.method,
			    (uint32_t)s.need);
	} else {
		shell_print(c->sh, "%s, memory %u of %u bytes", s.method, (uint32_t)s.need,
			    (uint32_t)s.memory);
	}
	return 0;
}

static int cmd_method(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	uint32_t layers = CONFIG_TINTIN_TRAIN_LAYERS;
	int error = 0;

	if (tintin_too_many(&c, 3)) {
		return -EINVAL;
	}
	if (c.argc > 2 && !tintin_parse_number(c.argv[2], UINT32_MAX, &layers)) {
		return tintin_refuse(&c, -EINVAL, "layers are a bit mask as a number: 2 is layer 1");
	}
	if (c.argc > 1) {
		error = tintin_service_learner_method(c.argv[1], layers);
	}
	if (error == -ENOENT) {
		return tintin_refuse(&c, error, "the methods are naive, replay, latent, last_layer, "
						"ncm, ewc");
	}
	if (error == -EPERM) {
		return tintin_refuse(&c, error, "none of these layers learns");
	}
	return error ? fail(&c, error) : answer_method(&c);
}

/* "all" or a class. @return whether it is one */
static bool parse_class(const struct tintin_command *c, int32_t *label)
{
	uint32_t number;

	*label = TINTIN_NO_LABEL;
	if (c->argc == 2 && strcmp(c->argv[1], "all") == 0) {
		return true;
	}
	if (c->argc != 2 || !tintin_parse_number(c->argv[1], UINT16_MAX, &number)) {
		return false;
	}
	*label = (int32_t)number;
	return true;
}

static int on_class(const struct tintin_command *c, int (*what)(int32_t label), const char *done)
{
	struct tintin_learner_status s;
	int32_t label;
	int error;

	if (!parse_class(c, &label)) {
		return tintin_refuse(c, -EINVAL, "say which class, or: all");
	}
	error = what(label);
	error = error ? error : tintin_service_learner(&s);
	if (error) {
		return fail(c, error);
	}
	if (c->json) {
		shell_print(c->sh, "{\"ok\":true,\"open\":%u,\"samples\":%u}", s.open, s.count);
	} else {
		shell_print(c->sh, "%s; %u classes open, %u samples in the buffer", done, s.open,
			    s.count);
	}
	return 0;
}

static int cmd_close(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	if (tintin_too_many(&c, 2)) {
		return -EINVAL;
	}
	return on_class(&c, tintin_service_close, "closed");
}

static int cmd_erase(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	if (tintin_too_many(&c, 2)) {
		return -EINVAL;
	}
	return on_class(&c, tintin_service_erase, "erased");
}

/* Also comes here when the word behind `learner` is none of these. */
static int cmd_learner(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	return c.argc == 1 ? cmd_status(sh, argc, argv) : tintin_no_such_command(&c);
}

SHELL_STATIC_SUBCMD_SET_CREATE(
	learner_commands,
	SHELL_CMD_ARG(status, NULL,
		      "Method, classes, buffer, guard, drift\nUsage: tintin learner [status] [-j]",
		      cmd_status, 1, SHELL_OPT_ARG_CHECK_SKIP),
	SHELL_CMD_ARG(set, NULL,
		      "Set an option until the next start, or show it, or all\n"
		      "Usage: tintin learner set [<option> [<number>]] [-j]",
		      cmd_set, 1, SHELL_OPT_ARG_CHECK_SKIP),
	SHELL_CMD_ARG(method, NULL,
		      "Begin anew over the saved network with another method, and save that; until\n"
		      "the next start\nUsage: tintin learner method [<name> [<layers that learn>]] [-j]",
		      cmd_method, 1, SHELL_OPT_ARG_CHECK_SKIP),
	SHELL_CMD_ARG(close, NULL,
		      "Close a class until a label opens it, and save\n"
		      "Usage: tintin learner close <class>|all [-j]",
		      cmd_close, 1, SHELL_OPT_ARG_CHECK_SKIP),
	SHELL_SUBCMD_SET_END);

SHELL_SUBCMD_ADD((tintin), learner, &learner_commands, "How it learns, and what happened to it",
		 cmd_learner, 1, SHELL_OPT_ARG_CHECK_SKIP);
SHELL_SUBCMD_ADD((tintin), erase, NULL,
		 "Erase the buffer's samples; saved copies go with the next two saves\n"
		 "Usage: tintin erase <class>|all [-j]",
		 cmd_erase, 1, SHELL_OPT_ARG_CHECK_SKIP);
