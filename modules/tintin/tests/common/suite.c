/* SPDX-License-Identifier: Apache-2.0 */
/* The main of every suite: `suite [part of a promise's name]`. */
#include "promise.h"

int main(int argc, char **argv)
{
	return promise_keep_all(SUITE, argc > 1 ? argv[1] : NULL);
}
