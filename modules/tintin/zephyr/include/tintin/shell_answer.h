/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * How `tintin` commands read their arguments and answer: a sentence, or with -j exactly one line
 * of JSON that begins with '{'. Errors are negative errno values with a reason.
 */
#ifndef TINTIN_SHELL_ANSWER_H_
#define TINTIN_SHELL_ANSWER_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zephyr/shell/shell.h>

#include <tintin/network.h>

/** Longest text of a rate: up to 3 digits, a point and 9 decimals. */
#define TINTIN_RATE_TEXT 16

/** One command's words without -j, and where the answer goes. */
struct tintin_command {
	const struct shell *sh;
	size_t argc;
	char **argv;
	bool json;
};

/** Take -j out of the words, wherever it stands. */
struct tintin_command tintin_command(const struct shell *sh, size_t argc, char **argv);

/**
 * Are there more words than @p most, the command's own counted? Then that is answered: a word that
 * nobody reads is likelier a mistake than a wish, above all behind `reset`. Zephyr's own count cannot
 * know of -j, so that commands are registered with SHELL_OPT_ARG_CHECK_SKIP.
 */
bool tintin_too_many(const struct tintin_command *c, size_t most);

/** Answer with an error. @return @p error */
int tintin_refuse(const struct tintin_command *c, int error, const char *reason);

/** The same with the reason that belongs to @p error. */
int tintin_fail(const struct tintin_command *c, int error);

/** Answer for a command that has only subcommands: help, or that there is no such one. */
int tintin_no_such_command(const struct tintin_command *c);

/** A decimal number up to @p max. @return whether the word is one */
bool tintin_parse_number(const char *word, uint32_t max, uint32_t *number);

/** "0.03125" to 31250 millionths; further digits are dropped. */
bool tintin_parse_millionths(const char *word, uint32_t *millionths);

/** A learning rate as a decimal number. */
void tintin_rate_text(struct tintin_rate rate, char text[TINTIN_RATE_TEXT]);

#endif
