/* SPDX-License-Identifier: Apache-2.0 */
/* tintin metrics: how right it was before each label was learned, in all and by class. */
#include <tintin/service.h>
#include <tintin/shell_answer.h>

static void print_json(const struct tintin_command *c, const struct tintin_learner_status *s)
{
	struct tintin_class_status k;

	shell_fprintf(c->sh, SHELL_NORMAL,
		      "{\"ok\":true,\"observed\":%u,\"labels\":%u,\"hits\":%u,\"per_class\":[",
		      s->counters.observed, s->counters.labels, s->counters.hits);
	for (uint32_t i = 0; i < s->classes && tintin_service_class((uint16_t)i, &k) == 0; i++) {
		shell_fprintf(c->sh, SHELL_NORMAL, "%s[%u,%u]", i > 0 ? "," : "", k.labels, k.hits);
	}
	shell_print(c->sh, "]}");
}

static uint32_t tenths(uint32_t hits, uint32_t labels)
{
	return labels == 0 ? 0 : (uint32_t)(((uint64_t)hits * 1000u + labels / 2u) / labels);
}

static void print_line(const struct tintin_command *c, uint32_t labels, uint32_t hits)
{
	uint32_t share = tenths(hits, labels);

	shell_print(c->sh, "%u of %u right before learning, %u.%u %%", hits, labels, share / 10u,
		    share % 10u);
}

static void print_words(const struct tintin_command *c, const struct tintin_learner_status *s)
{
	struct tintin_class_status k;

	print_line(c, s->counters.labels, s->counters.hits);
	for (uint32_t i = 0; i < s->classes && tintin_service_class((uint16_t)i, &k) == 0; i++) {
		shell_fprintf(c->sh, SHELL_NORMAL, "  class %u: ", i);
		print_line(c, k.labels, k.hits);
	}
}

static int cmd_metrics(const struct shell *sh, size_t argc, char **argv)
{
	struct tintin_command c = tintin_command(sh, argc, argv);
	struct tintin_learner_status status;
	int error;

	if (tintin_too_many(&c, 1)) {
		return -EINVAL;
	}
	error = tintin_service_learner(&status);
	if (error) {
		return tintin_fail(&c, error);
	}
	if (c.json) {
		print_json(&c, &status);
	} else {
		print_words(&c, &status);
	}
	return 0;
}

SHELL_SUBCMD_ADD((tintin), metrics, NULL,
		 "Accuracy before learning over the learner's whole life, in all and by class\n"
		 "Usage: tintin metrics [-j]",
		 cmd_metrics, 1, SHELL_OPT_ARG_CHECK_SKIP);
