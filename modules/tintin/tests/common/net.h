/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Open networks for tests: every arena is on the heap and exactly as large as the engine asked
 * for, so that AddressSanitizer guards both ends.
 */
#ifndef NET_H_
#define NET_H_

#include <tintin/tintin.h>

#include "model.h"
#include "promise.h"

/** A network with all that it lives on. net_close() it. */
struct net {
	struct tintin tintin;
	struct blob record;
	struct tintin_arena arena;
};

/** Open over a copy of @p record; a broken promise when that fails. */
struct net net_open(const struct blob *record, const struct tintin_options *options);

/** Open one of the named models (model_named.c). */
struct net net_named(const char *name, const struct tintin_options *options);

void net_close(struct net *net);

/**
 * Sample @p i of an endless labelled stream: a noisy pattern of its class, now and then at the
 * limits of int8. @return its label
 */
uint16_t net_sample(const struct tintin *net, uint32_t i, int8_t *x);

/** Learn from samples from the network's own step number up to step @p end. */
void net_learn(struct tintin *net, uint32_t end);

/** What tintin_save() writes. blob_free() it. */
struct blob net_save(const struct tintin *net);

/** Both networks save to the same bytes. */
void net_expect_equal(const struct tintin *a, const struct tintin *b);

bool blob_equal(const struct blob *a, const struct blob *b);

#endif
