/* SPDX-License-Identifier: Apache-2.0 */
/* tintin label, train: what the network learns from, whether, when and how fast. */
#include <string.h>

#include <tintin/service.h>
#include <tintin/shell_answer.h>

static int refuse_label(const struct tintin_command *c, int error)
{
	switch (error) {
	case -EAGAIN:
		return tintin_refuse(c, error, "that window is not there: not yet, or no longer");
	case -ENODATA:
		return tintin_refuse(c, error, "the sensor was faulty then: nothing to learn from");
	case -EBUSY:
		return tintin_refuse(c, error, "the learning queue is full: ask again");
	case -EPERM:
		return tintin_refuse(c, error, "learning is off: tintin train on");
	default:
		return tintin_fail(c, error);
	}
}

static int cmd_label(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct tintin_window window;
	uint32_t label, number = 0;
	int queued;

	if (tintin_too_many(&c, 3)) {
		return -EINVAL;
	}
	if (c.argc < 2) {
		return tintin_refuse(&c, -EINVAL, "say which class");
	}
	if (!tintin_parse_number(c.argv[1], UINT16_MAX, &label)) {
		return tintin_refuse(&c, -EDOM, "a class is a number below the number of classes");
	}
	if (c.argc > 2 && !tintin_parse_number(c.argv[2], UINT32_MAX, &number)) {
		return tintin_refuse(&c, -EINVAL, "a window is a number that predict gave");
	}
	queued = tintin_service_label(number, (uint16_t)label, &window);
	if (queued < 0) {
		return refuse_label(&c, queued);
	}
	if (c.json) {
		shell_print(sh,
			    "{\"ok\":true,\"window\":%u,\"label\":%u,\"predicted\":%u,"
			    "\"queued\":%d}",
			    window.number, label, window.prediction.label, queued);
	} else {
		shell_print(sh, "window %u is class %u (predicted: %u); %d to learn", window.number,
			    label, window.prediction.label, queued);
	}
	return 0;
}

static int answer_train(const struct tintin_command *c)
{
	struct tintin_service_info info;
	char rate[TINTIN_RATE_TEXT];
	int error = tintin_service_info(&info);

	if (error) {
		return tintin_fail(c, error);
	}
	tintin_rate_text(info.rate, rate);
	if (c->json) {
		shell_print(c->sh, "{\"ok\":true,\"train\":%s,\"rate\":\"%s\"}",
			    info.train ? "true" : "false", rate);
	} else {
		shell_print(c->sh, "learning %s, rate %s", info.train ? "on" : "off", rate);
	}
	return 0;
}

static int cmd_on(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	tintin_service_train(true);
	return answer_train(&c);
}

static int cmd_off(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	tintin_service_train(false);
	return answer_train(&c);
}

static int cmd_status(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	return answer_train(&c);
}

static int cmd_rate(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct tintin_rate rate;
	uint32_t millionths;
	int error;

	if (tintin_too_many(&c, 2)) {
		return -EINVAL;
	}
	if (c.argc < 2 || !tintin_parse_millionths(c.argv[1], &millionths)) {
		return tintin_refuse(&c, -EINVAL, "a rate is a decimal number such as 0.03125");
	}
	error = tintin_rate_from_millionths(millionths, &rate);
	error = error ? error : tintin_service_set_rate(rate);
	if (error == -EINVAL) {
		return tintin_refuse(&c, error, "a rate lies between 0.000001 and 256");
	}
	return error ? tintin_fail(&c, error) : answer_train(&c);
}

#ifdef CONFIG_TINTIN_LEARNER

static int answer_idle(const struct tintin_command *c)
{
	struct tintin_learner_status s;
	int error = tintin_service_learner(&s);

	if (error) {
		return tintin_fail(c, error);
	}
	if (c->json) {
		shell_print(c->sh, "{\"ok\":true,\"idle_after\":%u}", s.idle_after);
	} else if (s.idle_after > 0) {
		shell_print(c->sh, "learns from the buffer when no label came for %u s",
			    s.idle_after);
	} else {
		shell_print(c->sh, "learns from the buffer when told to, and with labels");
	}
	return 0;
}

static int cmd_idle(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	uint32_t seconds;
	int error;

	if (tintin_too_many(&c, 2)) {
		return -EINVAL;
	}
	if (c.argc > 1 && !tintin_parse_number(c.argv[1], TINTIN_IDLE_MOST, &seconds)) {
		return tintin_refuse(&c, -EINVAL, "a time is a number of seconds, 0 for never");
	}
	error = c.argc > 1 ? tintin_service_idle_after(seconds) : tintin_service_idle();
	if (error == -EPERM) {
		return tintin_refuse(&c, error, "the method has no buffer to learn from");
	}
	return error < 0 ? refuse_label(&c, error) : answer_idle(&c);
}

#else

#define cmd_idle NULL /* the command's row names it all the same */

#endif /* CONFIG_TINTIN_LEARNER */

/* Comes here when the word behind `train` is none of these. */
static int cmd_train(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	return tintin_no_such_command(&c);
}

SHELL_STATIC_SUBCMD_SET_CREATE(
	train_commands,
	SHELL_CMD_ARG(on, NULL, "Learn from labels\nUsage: tintin train on [-j]", cmd_on, 1,
		      SHELL_OPT_ARG_CHECK_SKIP),
	SHELL_CMD_ARG(off, NULL,
		      "Refuse labels; those already queued are learned\n"
		      "Usage: tintin train off [-j]",
		      cmd_off, 1, SHELL_OPT_ARG_CHECK_SKIP),
	SHELL_CMD_ARG(rate, NULL,
		      "Set the learning rate, kept with the network when it is saved\n"
		      "Usage: tintin train rate <decimal> [-j]",
		      cmd_rate, 1, SHELL_OPT_ARG_CHECK_SKIP),
	SHELL_COND_CMD_ARG(CONFIG_TINTIN_LEARNER, idle, NULL,
			   "Learn from the buffer now, or whenever no label came for so long\n"
			   "Usage: tintin train idle [seconds, 0: never] [-j]",
			   cmd_idle, 1, SHELL_OPT_ARG_CHECK_SKIP),
	SHELL_CMD_ARG(status, NULL,
		      "Is learning on, and at what rate\nUsage: tintin train status [-j]",
		      cmd_status, 1, SHELL_OPT_ARG_CHECK_SKIP),
	SHELL_SUBCMD_SET_END);

SHELL_SUBCMD_ADD((tintin), label, NULL,
		 "Say what a window was, the newest or that number, to learn from it\n"
		 "Usage: tintin label <class> [window] [-j]",
		 cmd_label, 1, SHELL_OPT_ARG_CHECK_SKIP);
SHELL_SUBCMD_ADD((tintin), train, &train_commands, "Switch learning, set its rate",
		 cmd_train, 1, SHELL_OPT_ARG_CHECK_SKIP);
