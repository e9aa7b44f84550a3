/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Every function of the engine that can fail returns 0 (or a count) or one of these
 * negative errno values. Each has one meaning, whichever function returns it.
 *
 * | value     | meaning                                                                  |
 * |-----------|--------------------------------------------------------------------------|
 * | -EINVAL   | an argument is wrong: misaligned memory, a sample of the wrong length    |
 * | -EDOM     | a label is not below the number of classes                               |
 * | -EPERM    | the network was opened without a layer to train                          |
 * | -EBUSY    | a learning step or a mini-batch is unfinished                            |
 * | -ENOMEM   | the arena is too small; its `need` says what would do                    |
 * | -ENOEXEC  | not a Tin-Tin record at all                                              |
 * | -ENOTSUP  | a record of a newer format, or a layer kind that this build lacks        |
 * | -EBADMSG  | a damaged record: truncated, or its CRC does not match                   |
 * | -EPROTO   | a whole record that contradicts itself: shapes, kinds, ranges            |
 * | -ERANGE   | the network breaks an overflow bound of DESIGN.md                        |
 * | -ESTALE   | a record of another network, or of other inputs or classes               |
 * | -ENOENT   | nothing has been saved                                                   |
 * | -ENOSPC   | the record does not fit the slot                                         |
 * | -EIO      | the flash failed: an erase, a program, or what was read back              |
 */
#ifndef TINTIN_ERROR_H_
#define TINTIN_ERROR_H_

#include <errno.h>

#ifndef ESTALE
#define ESTALE 116
#endif

/** One short English reason for a negative errno of this engine, never NULL. */
const char *tintin_reason(int error);

#endif
