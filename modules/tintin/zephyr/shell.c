/* SPDX-License-Identifier: Apache-2.0 */
/* `tintin`: the root of the commands. Each shell_*.c adds the ones of its concern. */
#include <errno.h>
#include <string.h>

#include <tintin/shell_answer.h>

/* Comes here when the word behind `tintin` is none of the commands. */
static int cmd_tintin(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);

	return tintin_no_such_command(&c);
}

SHELL_SUBCMD_SET_CREATE(tintin_commands, (tintin));

SHELL_CMD_ARG_REGISTER(tintin, &tintin_commands,
		       "A network that learns on this device; -j answers in one line of JSON",
		       cmd_tintin, 1, SHELL_OPT_ARG_CHECK_SKIP);
