/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include <zephyr/sys/printk.h>

#include <tintin/error.h>
#include <tintin/shell_answer.h>

#define MILLION 1000000u

struct tintin_command tintin_command(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = {.sh = sh, .argv = argv};

	for (size_t i = 0; i < argc; i++) {
		if (strcmp(argv[i], "-j") == 0) {
			c.json = true;
		} else {
			argv[c.argc++] = argv[i];
		}
	}
	return c;
}

int tintin_refuse(const struct tintin_command *c, int error, const char *reason)
{
	if (c->json) {
		shell_print(c->sh, "{\"ok\":false,\"error\":%d,\"reason\":\"%s\"}", error, reason);
	} else {
		shell_error(c->sh, "%s (%d)", reason, error);
	}
	return error;
}

bool tintin_too_many(const struct tintin_command *c, size_t most)
{
	if (c->argc > most) {
		(void)tintin_refuse(c, -EINVAL, "more words than the command has: see --help");
	}
	return c->argc > most;
}

int tintin_fail(const struct tintin_command *c, int error)
{
	return tintin_refuse(c, error, tintin_reason(error));
}

int tintin_no_such_command(const struct tintin_command *c)
{
	if (!c->json && (c->argc == 1 || strcmp(c->argv[1], "help") == 0)) {
		shell_help(c->sh);
		return SHELL_CMD_HELP_PRINTED;
	}
	return tintin_refuse(c, -EINVAL, "no such command: help lists them");
}

bool tintin_parse_number(const char *word, uint32_t max, uint32_t *number)
{
	uint64_t value = 0;

	if (*word == '\0') {
		return false;
	}
	for (; isdigit((unsigned char)*word) && value <= max; word++) {
		value = value * 10 + (uint32_t)(*word - '0');
	}
	*number = (uint32_t)value;
	return *word == '\0' && value <= max;
}

bool tintin_parse_millionths(const char *word, uint32_t *millionths)
{
	uint32_t whole = 0, unit = MILLION;
	const char *at = word;

	for (; isdigit((unsigned char)*at); at++) {
		whole = whole * 10 + (uint32_t)(*at - '0');
		if (whole > UINT32_MAX / MILLION - 1) {
			return false;
		}
	}
	*millionths = whole * MILLION;
	if (*at == '.') {
		for (at++; isdigit((unsigned char)*at); at++) {
			unit /= 10;
			*millionths += unit * (uint32_t)(*at - '0');
		}
	}
	return *at == '\0' && at != word;
}

void tintin_rate_text(struct tintin_rate rate, char text[TINTIN_RATE_TEXT])
{
	/* mantissa / 8 * 2^-shift in units of 10^-9 */
	uint64_t nano = (uint64_t)rate.mantissa * 125000000u;
	size_t end;

	nano = rate.shift >= 0 ? nano >> rate.shift : nano << -rate.shift;
	snprintk(text, TINTIN_RATE_TEXT, "%u.%09u", (uint32_t)(nano / 1000000000u),
		 (uint32_t)(nano % 1000000000u));
	for (end = strlen(text); text[end - 1] == '0' && text[end - 2] != '.'; end--) {
		text[end - 1] = '\0';
	}
}
