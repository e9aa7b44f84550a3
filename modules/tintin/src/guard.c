/* SPDX-License-Identifier: Apache-2.0 */
#include <tintin/guard.h>

#include <tintin/error.h>

#define LOSS_MAX    127u
#define HIT         0x80u
#define TO_NOTE     8 /* bits from Q15 to 1/128 */
#define BACKOFF_MAX 6
#define UNIT        256 /* of a mean over a class */
#define TOLERATED   2   /* part of the bound by which a state that is kept may be worse */
#define TO_DOUBT    7   /* bits from Q15 to 1/256 */
#define FULL        4   /* weight of a sample; of a known class's hopeless one it is 1 */
#define NEVER_LEAST 3   /* hits that a class must have had to be missed */

int tintin_guard_check(const struct tintin_guard_options *o)
{
	bool good = o->loss_bound <= LOSS_MAX && o->hits_bound <= 100 && o->patience >= 1 &&
		    o->slow_step <= 8 && o->slow_most <= 16 && o->recover >= 1;

	return good ? 0 : -EINVAL;
}

uint8_t tintin_guard_note(uint16_t probability, bool hit)
{
	uint32_t wrong = (32768u - probability) >> TO_NOTE;

	return (uint8_t)((wrong < LOSS_MAX ? wrong : LOSS_MAX) | (hit ? HIT : 0));
}

void tintin_guard_count(struct tintin_class_evidence *e, uint8_t before, uint8_t after)
{
	bool hopeless = e->known && (before & LOSS_MAX) == LOSS_MAX;
	int32_t weight = hopeless ? 1 : FULL;

	e->samples++;
	e->loss += ((int32_t)(after & LOSS_MAX) - (int32_t)(before & LOSS_MAX)) * weight;
	e->hits += (int16_t)((tintin_guard_hit(after) - tintin_guard_hit(before)) * weight);
	e->before += tintin_guard_hit(before);
}

void tintin_guard_sum(struct tintin_evidence *sum, const struct tintin_class_evidence *e)
{
	if (e->samples > 0) {
		sum->samples += e->samples;
		sum->classes++;
		sum->loss += e->loss * (UNIT / FULL) / (int32_t)e->samples;
		sum->lost -= e->hits * (UNIT / FULL) / (int32_t)e->samples;
	}
	/* A class that was known and that nothing is taken for any more. */
	sum->collapsed |= e->before >= NEVER_LEAST && e->predicted == 0;
}

static int32_t bound(const struct tintin_guard_options *o, const struct tintin_evidence *e)
{
	return o->loss_bound * UNIT * (int32_t)e->classes;
}

/* Of a state that was watched for long. After harm was done, what is kept must be better. A class that
 * opened may cost the others more. */
static int32_t tolerated(const struct tintin_guard *g, const struct tintin_guard_options *o,
			 const struct tintin_evidence *e)
{
	if (e->opened) {
		return bound(o, e);
	}
	return g->sceptical ? 0 : bound(o, e) / TOLERATED;
}

static enum tintin_cause beyond_bounds(const struct tintin_guard_options *o,
				       const struct tintin_evidence *e)
{
	int32_t classes = (int32_t)e->classes;

	if (e->rescales > o->rescale_bound) {
		return TINTIN_CAUSE_RESCALE;
	}
	if (e->collapsed && e->loss > 0) {
		return TINTIN_CAUSE_COLLAPSE;
	}
	if (e->opened) { /* the others are shaken, and have the guard's patience to settle */
		return TINTIN_CAUSE_NONE;
	}
	if (e->loss > bound(o, e)) {
		return TINTIN_CAUSE_LOSS;
	}
	if (e->lost > o->hits_bound * UNIT * classes / 100) {
		return TINTIN_CAUSE_HITS;
	}
	return TINTIN_CAUSE_NONE;
}

/* Slow down at once and for longer each time, or gently where the rate is hardly at fault. */
static enum tintin_verdict roll_back(struct tintin_guard *g, const struct tintin_guard_options *o,
				     enum tintin_cause cause, bool gently)
{
	uint32_t slow = (uint32_t)g->slow + (gently ? o->slow_step > 0 : o->slow_step);

	g->slow = (uint8_t)(slow < o->slow_most ? slow : o->slow_most);
	g->cause = (uint8_t)cause;
	g->backoff += !gently && g->backoff < BACKOFF_MAX;
	g->sceptical |= !gently;
	g->watched = 0;
	g->calm = 0;
	return TINTIN_ROLL_BACK;
}

/* A rate that failed is tried again after a while, and later each time it failed. */
static void recover(struct tintin_guard *g, const struct tintin_guard_options *o)
{
	uint32_t wait = (uint32_t)o->recover << (g->backoff > 0 ? g->backoff - 1 : 0);

	if (g->slow > 0 && ++g->calm >= wait) {
		g->slow--;
		g->calm = 0;
		g->sceptical &= g->slow > 0;
	}
}

enum tintin_verdict tintin_guard_judge(struct tintin_guard *g, const struct tintin_guard_options *o,
				       const struct tintin_evidence *e)
{
	enum tintin_cause cause = beyond_bounds(o, e);
	bool worse = e->loss > 0;
	bool expired = worse && g->watched + 1u >= o->patience, gently;

	gently = e->opened || cause == TINTIN_CAUSE_NONE;
	if (cause == TINTIN_CAUSE_NONE && expired && e->loss > tolerated(g, o, e)) {
		cause = TINTIN_CAUSE_PATIENCE;
	}
	if (cause != TINTIN_CAUSE_NONE) {
		return roll_back(g, o, cause, gently);
	}
	if (!worse) {
		recover(g, o);
	}
	if (worse && !expired) {
		g->watched++;
		return TINTIN_WATCH;
	}
	g->watched = 0;
	return worse ? TINTIN_TOLERATE : TINTIN_KEEP;
}

bool tintin_guard_doubts(const struct tintin_guard *g, const struct tintin_guard_options *o,
			 uint16_t probability)
{
	return g->sceptical && probability >> TO_DOUBT < o->doubt;
}
