/* SPDX-License-Identifier: Apache-2.0 */
/* `tintin`: the root of the commands. Each shell_*.c adds the ones of its concern. */
#include <zephyr/shell/shell.h>

SHELL_SUBCMD_SET_CREATE(tintin_commands, (tintin));

SHELL_CMD_REGISTER(tintin, &tintin_commands,
		   "A network that learns on this device; -j answers in one line of JSON", NULL);
