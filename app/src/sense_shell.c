/* SPDX-License-Identifier: Apache-2.0 */
/* tintin sense: the sampling thread, seen from the shell. */
#include <errno.h>
#include <string.h>

#include <tintin/shell_answer.h>

#include "sense.h"

static int cmd_sense(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct sense_status s;

	if (c.argc > 1 && strcmp(c.argv[1], "restart") != 0) {
		return tintin_refuse(&c, -EINVAL, "say nothing or: restart");
	}
	if (c.argc > 1) {
		sense_restart();
	}
	sense_status(&s);
	if (c.json) {
		shell_print(sh,
			    "{\"ok\":true,\"readings\":%u,\"filled\":%u,\"window\":%u,"
			    "\"silent\":%s}",
			    s.readings, (uint32_t)s.filled, (uint32_t)s.length,
			    s.silent ? "true" : "false");
	} else {
		shell_print(sh, "%u readings, window %u of %u%s", s.readings, (uint32_t)s.filled,
			    (uint32_t)s.length, s.silent ? ", the sensor is silent" : "");
	}
	return 0;
}

SHELL_SUBCMD_ADD((tintin), sense, NULL,
		 "Readings so far; restart: the next reading begins a window\n"
		 "Usage: tintin sense [restart] [-j]",
		 cmd_sense, 1, 2);
