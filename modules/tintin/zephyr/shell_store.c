/* SPDX-License-Identifier: Apache-2.0 */
/* tintin save, load, reset: what outlives a power cycle. */
#include <tintin/service.h>
#include <tintin/shell_answer.h>

static int cmd_save(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct tintin_saved saved;
	int error;

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	error = tintin_service_save(&saved);
	if (error) {
		return tintin_fail(&c, error);
	}
	if (c.json) {
		shell_print(sh, "{\"ok\":true,\"step\":%u,\"bytes\":%u,\"crc\":\"%08x\"}",
			    saved.step, saved.size, saved.crc);
	} else {
		shell_print(sh, "saved step %u: %u bytes, CRC %08x", saved.step, saved.size,
			    saved.crc);
	}
	return 0;
}

static int answer_step(const struct tintin_command *c, int error, const char *what)
{
	struct tintin_service_info info;

	if (error) {
		return tintin_fail(c, error);
	}
	(void)tintin_service_info(&info);
	if (c->json) {
		shell_print(c->sh, "{\"ok\":true,\"step\":%u}", info.step);
	} else {
		shell_print(c->sh, "%s, step %u", what, info.step);
	}
	return 0;
}

static int cmd_load(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	return answer_step(&c, tintin_service_load(), "back at the saved network");
}

static int cmd_reset(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	return answer_step(&c, tintin_service_reset(), "back at the factory network");
}

SHELL_SUBCMD_ADD((tintin), save, NULL, "Keep the network in flash\nUsage: tintin save [-j]",
		 cmd_save, 1, SHELL_OPT_ARG_CHECK_SKIP);
SHELL_SUBCMD_ADD((tintin), load, NULL,
		 "Drop what was learned since the last save\nUsage: tintin load [-j]", cmd_load, 1,
		 SHELL_OPT_ARG_CHECK_SKIP);
SHELL_SUBCMD_ADD((tintin), reset, NULL,
		 "Forget everything: erase the store, take the factory network\n"
		 "Usage: tintin reset [-j]",
		 cmd_reset, 1, SHELL_OPT_ARG_CHECK_SKIP);
