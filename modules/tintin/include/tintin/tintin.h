/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Tin-Tin: train a neural network on a microcontroller, in integers.
 *
 * The one header that a user needs:
 *
 *   tintin_arena_size()  how much memory a network takes
 *   tintin_open()        a network over a record, in the caller's memory
 *   tintin_predict()     one sample to a label
 *   tintin_learn()       one labelled sample to better weights
 *   tintin_save()        the network to a record; tintin_store_save() keeps it in flash
 */
#ifndef TINTIN_TINTIN_H_
#define TINTIN_TINTIN_H_

#include <tintin/error.h>
#include <tintin/network.h>
#include <tintin/record.h>
#include <tintin/store.h>

/** Version of the software; the record's format has its own, TINTIN_RECORD_VERSION. */
#define TINTIN_VERSION "0.1.0"

#endif
