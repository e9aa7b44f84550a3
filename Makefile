# SPDX-License-Identifier: Apache-2.0
# The few commands people type. Each installs what it lacks: Debian packages where this runs as
# root, Python packages into .venv.

PYTHON  ?= python3
VENV    := .venv
READY   := $(VENV)/.ready
TINTIN  := $(VENV)/bin/tintin
ENGINE  := $(wildcard modules/tintin/include/tintin/*.h modules/tintin/src/*.[ch] modules/tintin/src/kernels/*.[ch] modules/tintin/src/features/*.[ch])

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint clean setup

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

demo: setup ## a microcontroller in QEMU learns digits from its sensor, and keeps them
	@$(TINTIN) demo

test: setup ## everything that CI runs
	@$(VENV)/bin/python scripts/tools/test_all.py

bench: setup ## the figures that the documents quote, into build/ (ARGS=--quick: the short part)
	@$(VENV)/bin/python scripts/tools/bench_all.py $(ARGS)

lint: setup ## ruff and mypy
	@$(VENV)/bin/python scripts/tools/test_all.py lint

setup: $(READY)

$(READY): requirements.txt scripts/pyproject.toml scripts/setup.py $(wildcard scripts/engine/*) $(ENGINE)
	@$(PYTHON) scripts/tools/debian.py
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@echo "installing Python packages into $(VENV) (once, a minute or three)"
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@$(VENV)/bin/python -m pip install -q --disable-pip-version-check --force-reinstall --no-deps -e scripts
	@touch $@

clean: ## what was built; .venv and deps/ stay
	rm -rf build modules/tintin/tests/build
