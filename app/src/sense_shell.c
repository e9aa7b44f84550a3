/* SPDX-License-Identifier: Apache-2.0 */
/* tintin sense: the sampling thread, seen from the shell. */
#include <errno.h>
#include <string.h>

#include <tintin/shell_answer.h>

#include "check.h"
#include "sense.h"

/* ["stuck","rate"] */
static void print_faults(const struct shell *sh, uint8_t set)
{
	const char *between = "";

	shell_fprintf(sh, SHELL_NORMAL, "[");
	for (unsigned int fault = 1; fault <= set; fault <<= 1) {
		if ((set & fault) != 0) {
			shell_fprintf(sh, SHELL_NORMAL, "%s\"%s\"", between, check_name(fault));
			between = ",";
		}
	}
	shell_print(sh, "]}");
}

static void print_json(const struct shell *sh, const struct sense_status *s)
{
	shell_fprintf(sh, SHELL_NORMAL,
		      "{\"ok\":true,\"readings\":%u,\"filled\":%u,\"window\":%u,"
		      "\"silent\":%s,\"faulty\":%u,\"quiet\":%u,"
		      "\"faults\":",
		      s->readings, (uint32_t)s->filled, (uint32_t)s->length,
		      s->silent ? "true" : "false", s->faulty, s->quiet);
	print_faults(sh, s->faults);
}

static int cmd_sense(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct sense_status s;

	if (tintin_too_many(&c, 2)) {
		return -EINVAL;
	}
	if (c.argc > 1 && strcmp(c.argv[1], "restart") != 0) {
		return tintin_refuse(&c, -EINVAL, "say nothing or: restart");
	}
	if (c.argc > 1) {
		sense_restart();
	}
	sense_status(&s);
	if (c.json) {
		print_json(sh, &s);
	} else {
		shell_print(sh, "%u readings, window %u of %u, %u faulty, %u quiet%s%s", s.readings,
			    (uint32_t)s.filled, (uint32_t)s.length, s.faulty, s.quiet,
			    s.silent ? ", the sensor is silent" : "",
			    s.faults != 0 ? ", the sensor is faulty" : "");
	}
	return 0;
}

SHELL_SUBCMD_ADD((tintin), sense, NULL,
		 "Readings so far; restart: the next reading begins a window\n"
		 "Usage: tintin sense [restart] [-j]",
		 cmd_sense, 1, SHELL_OPT_ARG_CHECK_SKIP);
