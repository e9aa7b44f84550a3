/* SPDX-License-Identifier: Apache-2.0 */
/* What an application has saved beside the network. */
#include "service.h"

static const struct tintin_attachment *attachments[TINTIN_ATTACHMENTS];
static unsigned int count;

int tintin_service_attach(const struct tintin_attachment *attachment)
{
	if (count == TINTIN_ATTACHMENTS) {
		return -ENOSPC;
	}
	attachments[count++] = attachment;
	return 0;
}

void tintin_service_identify(uint32_t identity)
{
	tintin_service.identity = identity;
}

unsigned int tintin_attached(struct tintin_companion *out)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct tintin_attachment *a = attachments[i];

		if (a->refresh != NULL) {
			a->refresh(a->data);
		}
		out[i] = (struct tintin_companion){a->tag, a->data, a->size};
	}
	return count;
}

void tintin_attached_reopen(void)
{
	for (unsigned int i = 0; i < count; i++) {
		const struct tintin_attachment *a = attachments[i];

		if (a->reopened != NULL) {
			a->reopened(a->data);
		}
	}
}

int tintin_service_attached(uint32_t tag, const void **data, size_t *size)
{
	int error = -ENOENT;

	tintin_service_lock();
	if (IS_ENABLED(CONFIG_TINTIN_STORE) && tintin_service.saved) {
		error = tintin_keep_companion(tag, data, size);
	}
	tintin_service_unlock();
	return error;
}
