/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * What the learner's files share. learner_open.c makes it out of memory, learner.c takes samples
 * in, learner_work.c does what is due, learner_judge.c lets the guard judge, ewc.c pulls.
 *
 * Memory: struct tintin_learner_state | struct tintin_class [classes] | importance | replay block.
 */
#ifndef TT_LEARNER_H_
#define TT_LEARNER_H_

#include <tintin/learner.h>

#define TT_FLAG_FRESH    0x01u /* the step under way is of a label that has just come */
#define TT_FLAG_ANCHORED 0x02u /* ewc has something to pull to */
#define TT_FLAG_MOVED    0x04u /* the network is not the last good state */
#define TT_FLAG_STRICT   0x08u /* the next judgement is final: keep or roll back */
#define TT_FLAG_REVIEW   0x10u /* no judgement is under way but a look at the state restored */

#define TT_FLAG_UNKEPT   0x20u /* the last good state could not be kept: a rollback goes further back */

/** @return 0, or -EINVAL for options out of range */
int tt_learner_check(const struct tintin_learner_options *options);

static inline const struct tintin_method *tt_method(const struct tintin_learner *l)
{
	return tintin_method(l->options.method);
}

static inline bool tt_guarded(const struct tintin_learner *l)
{
	return l->replay != NULL && l->replay->shape.share != 0;
}

/** The share that is held out, and the slots that there are: the options' or the method's own. */
uint8_t tt_share(const struct tintin_learner_options *options);
uint16_t tt_slots(const struct tintin_learner_options *options);

/** Tell the application. */
void tt_learner_tell(struct tintin_learner *l, enum tintin_event_kind kind, int32_t value);

/** The user's rate, halved as often as the guard has it. */
void tt_learner_apply_rate(struct tintin_learner *l);

/** Sum of the weight exponents: each rescale of a tensor adds 1. */
int16_t tt_learner_exponents(const struct tintin_learner *l);

/** The classes that are open are those of the last good state. */
void tt_learner_know(struct tintin_learner *l);

/** Keep the present state as the last good one, through the application. */
void tt_learner_keep(struct tintin_learner *l);

/** Are classes open that the last good state did not know? */
bool tt_newcomers(const struct tintin_learner *l);

/** Is anything due? */
bool tt_work_due(const struct tintin_learner *l);

/** Is enough held out, of two classes or more, that what is learned can be judged? */
bool tt_judgeable(const struct tintin_learner *l);

/** Is the label, which the network gives @p probability, not to be believed? Never of a class that
 * the last good state did not know. */
bool tt_doubts(const struct tintin_learner *l, uint16_t label, uint16_t probability);

/** Budget and application permit it; a refusal is counted and told. */
bool tt_permitted(struct tintin_learner *l, enum tintin_work work);

/** Make steps from the buffer due, where there is one and the method uses it. @return how many */
uint16_t tt_replay_later(struct tintin_learner *l, enum tintin_work work, uint16_t steps);

/** Begin to judge, and one piece of it: a held-out sample, or the verdict. */
void tt_judge_begin(struct tintin_learner *l);
void tt_judge_slice(struct tintin_learner *l);

/** Bytes that ewc needs beside the network. */
uint32_t tt_ewc_size(const struct tintin *net);

/** Account for the errors and activations of the layer whose backward slice is next. */
void tt_ewc_watch(struct tintin_learner *l);

/** After the forward pass: classes without a label lately take no part in the softmax. */
void tt_ewc_compete(struct tintin_learner *l);

/** The present weights become what is pulled to; what was important lately stays so. */
void tt_ewc_anchor(struct tintin_learner *l);

/** Pull layer @p at, where it learns. */
void tt_ewc_pull(struct tintin_learner *l, unsigned int at);

#endif
