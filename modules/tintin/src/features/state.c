/* SPDX-License-Identifier: Apache-2.0 */
/* What the centres of a pipeline have learned, as bytes: header, centres, CRC-32 of all before. */
#include <tintin/pipeline.h>

#include <string.h>

#include <tintin/error.h>
#include <tintin/record.h>

#include "layout.h"

#define MAGIC 0x4e454354u /* "TCEN" */

struct header {
	uint32_t magic;
	uint32_t shape; /* of the description: another's centres mean something else */
	uint32_t centres;
	uint32_t count;
};

static size_t centres_size(const struct tintin_pipeline *p)
{
	return p->centres * sizeof(struct tintin_centre);
}

size_t tintin_pipeline_state_size(const struct tintin_pipeline *p)
{
	return sizeof(struct header) + centres_size(p) + sizeof(uint32_t);
}

void tintin_pipeline_save(const struct tintin_pipeline *p, void *out)
{
	const struct header header = {MAGIC, p->shape, p->centres, p->count};
	char *to = out;
	uint32_t crc;

	memcpy(to, &header, sizeof(header));
	memcpy(to + sizeof(header), p->centre, centres_size(p));
	crc = tintin_crc32(0, out, sizeof(header) + centres_size(p));
	memcpy(to + sizeof(header) + centres_size(p), &crc, sizeof(crc));
}

/* A right CRC does not make a centre: beyond these, what is computed with it would overflow. */
static bool centres_in_range(const struct tintin_pipeline *p, const char *from)
{
	struct tintin_centre centre;

	for (size_t i = 0; i < p->centres; i++, from += sizeof(centre)) {
		memcpy(&centre, from, sizeof(centre));
		if (centre.mean < -TT_MEAN_MAX || centre.mean > TT_MEAN_MAX ||
		    centre.spread > TT_SPREAD_MAX) {
			return false;
		}
	}
	return true;
}

static int check(const struct tintin_pipeline *p, const void *state, size_t size)
{
	struct header header;
	uint32_t crc;

	if (size < sizeof(header) + sizeof(crc)) {
		return -ENOEXEC;
	}
	memcpy(&header, state, sizeof(header));
	if (header.magic != MAGIC) {
		return -ENOEXEC;
	}
	memcpy(&crc, (const char *)state + size - sizeof(crc), sizeof(crc));
	if (crc != tintin_crc32(0, state, size - sizeof(crc))) {
		return -EBADMSG;
	}
	if (header.shape != p->shape || header.centres != p->centres ||
	    size != tintin_pipeline_state_size(p)) {
		return -ESTALE;
	}
	return centres_in_range(p, (const char *)state + sizeof(header)) ? 0 : -ERANGE;
}

int tintin_pipeline_restore(struct tintin_pipeline *p, const void *state, size_t size)
{
	struct header header;
	int error = check(p, state, size);

	if (error != 0) {
		return error;
	}
	memcpy(&header, state, sizeof(header));
	p->count = header.count < TT_COUNT_MAX ? header.count : TT_COUNT_MAX;
	memcpy(p->centre, (const char *)state + sizeof(header), centres_size(p));
	return 0;
}
