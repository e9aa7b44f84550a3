/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the learner's files in the service share: study_learner.c runs it, teacher_options.c sets it
 * up, teacher_status.c tells of it, teacher_say.c puts events in words.
 */
#ifndef TINTIN_TEACHER_H_
#define TINTIN_TEACHER_H_

#include <tintin/learner.h>

/** The learner of the service; guarded by its locks. */
struct tintin_teacher {
	struct tintin_learner learner;
	uint8_t method;  /* enum tintin_method_id */
	uint32_t layers; /* that are to learn, where the method leaves the choice */
	size_t need;  /* bytes of its memory */
	int error;    /* why it does not run; 0: it does */
	bool alarmed; /* a drift alarm made work due */
};

extern struct tintin_teacher tintin_teacher;

/** Does its method learn from a buffer? */
bool tintin_teacher_replays(void);

/** The options as the build has them, and as they were set since the start. */
void tintin_teacher_configure(struct tintin_learner_options *options);

/** Put an event into the log. */
void tintin_teacher_say(const struct tintin_event *event);

#endif
