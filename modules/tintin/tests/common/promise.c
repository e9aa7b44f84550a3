/* SPDX-License-Identifier: Apache-2.0 */
#include "promise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct promise *first, **end = &first;
static jmp_buf out_of_test;
static char about[160];

void promise_add(struct promise *promise)
{
	*end = promise;
	end = &promise->next;
}

void promise_about(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(about, sizeof(about), format, arguments);
	va_end(arguments);
}

_Noreturn static void fail(const char *file, int line)
{
	fprintf(stderr, "  at %s:%d\n", file, line);
	if (about[0] != '\0') {
		fprintf(stderr, "  about: %s\n", about);
	}
	longjmp(out_of_test, 1);
}

_Noreturn void promise_broken(const char *file, int line, const char *what)
{
	fprintf(stderr, "  not so: %s\n", what);
	fail(file, line);
}

_Noreturn void promise_unequal(const char *file, int line, const char *what, long long got,
			       long long want)
{
	fprintf(stderr, "  not so: %s, it is %lld and not %lld\n", what, got, want);
	fail(file, line);
}

static bool kept(const struct promise *promise)
{
	about[0] = '\0';
	if (setjmp(out_of_test) != 0) {
		fprintf(stderr, "BROKEN %s\n", promise->name);
		return false;
	}
	promise->keep();
	return true;
}

int promise_keep_all(const char *suite, const char *filter)
{
	unsigned int good = 0, broken = 0;

	for (struct promise *p = first; p != NULL; p = p->next) {
		if (filter != NULL && strstr(p->name, filter) == NULL) {
			continue;
		}
		if (kept(p)) {
			good++;
		} else {
			broken++;
		}
	}
	printf("%s: %u promises kept, %u broken\n", suite, good, broken);
	fflush(stdout);
	if (broken > 0) {
		_Exit(1); /* a test that ended early freed nothing: no leak report on top */
	}
	return good > 0 ? 0 : 1;
}
