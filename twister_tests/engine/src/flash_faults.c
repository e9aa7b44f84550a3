/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_faults.h"

#include <string.h>

#include <zephyr/stats/stats.h>
#include <zephyr/ztest.h>

struct named {
	const char *name;
	uint32_t *value;
};

static int match(struct stats_hdr *hdr, void *arg, const char *name, uint16_t offset)
{
	struct named *wanted = arg;

	if (strcmp(name, wanted->name) == 0) {
		wanted->value = (uint32_t *)((uint8_t *)hdr + offset);
		return 1;
	}
	return 0;
}

uint32_t *flash_statistic(const char *group, const char *name)
{
	struct named wanted = {.name = name};

	stats_walk(stats_group_find(group), match, &wanted);
	zassert_not_null(wanted.value, "%s.%s", group, name);
	return wanted.value;
}

void flash_recover(void)
{
	LAST_WRITE = 0;
	LAST_ERASE = 0;
	LAST_BYTES = 0;
}
