/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * The test harness: a test is a promise by name, a program keeps all of its promises or says
 * which it broke. Failing checks end their test, not the program.
 *
 *   PROMISE(a_flipped_bit_is_noticed)
 *   {
 *           EXPECT_EQ(tintin_record_check(damaged, size), -EBADMSG);
 *   }
 */
#ifndef PROMISE_H_
#define PROMISE_H_

#include <stdbool.h>
#include <stddef.h>

struct promise {
	const char *name;
	void (*keep)(void);
	struct promise *next;
};

void promise_add(struct promise *promise);

/** Run all promises, or those whose name holds @p filter; one closing line. @return exit code */
int promise_keep_all(const char *suite, const char *filter);

/** Say what the next checks are about (printf), shown when one of them fails. */
void promise_about(const char *format, ...) __attribute__((format(printf, 1, 2)));

_Noreturn void promise_broken(const char *file, int line, const char *what);

/** A failed equality: both sides as numbers. */
_Noreturn void promise_unequal(const char *file, int line, const char *what, long long got,
			       long long want);

#define PROMISE(title)                                                                             \
	static void title(void);                                                                   \
	__attribute__((constructor)) static void title##_add(void)                                 \
	{                                                                                          \
		static struct promise entry = {.name = #title, .keep = title};                     \
                                                                                                   \
		promise_add(&entry);                                                               \
	}                                                                                          \
	static void title(void)

#define EXPECT(condition)                                                                          \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			promise_broken(__FILE__, __LINE__, #condition);                            \
		}                                                                                  \
	} while (0)

#define EXPECT_EQ(got, want)                                                                       \
	do {                                                                                       \
		long long got_ = (long long)(got), want_ = (long long)(want);                      \
                                                                                                   \
		if (got_ != want_) {                                                               \
			promise_unequal(__FILE__, __LINE__, #got " == " #want, got_, want_);       \
		}                                                                                  \
	} while (0)

#endif
