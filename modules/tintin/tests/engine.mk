# SPDX-License-Identifier: Apache-2.0
# The engine's sources, for every Makefile of the tests.

TINTIN := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)
ENGINE_SOURCES := $(wildcard $(TINTIN)/src/*.c $(TINTIN)/src/kernels/*.c $(TINTIN)/src/features/*.c)
ENGINE_HEADERS := $(wildcard $(TINTIN)/include/tintin/*.h $(TINTIN)/src/*.h $(TINTIN)/src/kernels/*.h $(TINTIN)/src/features/*.h)

# 1: a warning is an error. For users with some other compiler bare.py says 0.
STRICT   ?= 1
WARNINGS := -std=c11 -Wall -Wextra -Wshadow -Wno-missing-field-initializers -Wundef -Wstrict-prototypes -Wmissing-prototypes \
	$(if $(filter 1,$(STRICT)),-Werror)
