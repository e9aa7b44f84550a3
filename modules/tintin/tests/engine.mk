# SPDX-License-Identifier: Apache-2.0
# The engine's sources, for every Makefile of the tests.

TINTIN := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)
ENGINE_SOURCES := $(wildcard $(TINTIN)/src/*.c $(TINTIN)/src/kernels/*.c)
ENGINE_HEADERS := $(wildcard $(TINTIN)/include/tintin/*.h $(TINTIN)/src/*.h $(TINTIN)/src/kernels/*.h)
WARNINGS := -std=c11 -Wall -Wextra -Wshadow -Wno-missing-field-initializers -Wundef -Wstrict-prototypes -Wmissing-prototypes -Werror
