# SPDX-License-Identifier: Apache-2.0
"""The cost model of front ends: QEMU's counts of what it was not fitted to, and the RAM by part.

Fitted anew with `python benchmarks/fit_front_ends.py` after a change of the front ends.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tintin.cli.app import app
from tintin.cost.front_ends import (
    PARTS,
    Stretch,
    counts,
    fitted,
    instructions,
    instructions_by_part,
    memory,
    total,
)
from tintin.errors import ModelError
from tintin.signals.application import NAMES, load

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from fit_front_ends import CHECK_SEEDS, TARGETS, bare, counted, fits, pipeline, pipelines

WITHIN = 0.10


@cache
def image(target: str) -> Any:
    reason = bare.missing(TARGETS[target])
    if reason:
        pytest.skip(reason)
    return pipelines.build(TARGETS[target])


def off(target: str, description: Any) -> float:
    """The model's relative error."""
    row, took = counted(image(target), description)
    return abs(total(fitted()[target], row) / took - 1)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", NAMES)
def test_an_applications_front_ends_take_what_is_said(target: str, name: str) -> None:
    description = load(name).description
    assert fits(description)
    assert off(target, description) < WITHIN


@pytest.mark.parametrize("seed", list(CHECK_SEEDS)[:6])
def test_so_do_pipelines_that_nothing_was_fitted_to(seed: int) -> None:
    assert off("cortex-m3", pipeline(seed)) < WITHIN


@given(st.integers(0, 100_000), st.sampled_from(list(TARGETS)))
def test_the_parts_of_instructions_add_up(seed: int, target: str) -> None:
    description = pipeline(seed)
    parts = instructions_by_part(target, description)
    assert sum(parts.values()) == pytest.approx(instructions(target, description))
    assert set(counts(description, Stretch.steady(description))) <= set().union(*PARTS.values())
    for name in ("readings", "statistics", "bands", "mel", "power"):
        assert (name in parts) == (name in description.front_ends)


@given(st.integers(0, 100_000))
def test_the_parts_of_ram_add_up(seed: int) -> None:
    description = pipeline(seed)
    assert sum(memory(description).values()) == description.memory


def test_twice_the_readings_are_twice_the_work() -> None:
    description = load("activity").description
    once = Stretch.steady(description)
    twice = Stretch(2 * once.pushes, 2 * once.windows, 2 * once.vectors, 2 * once.begun)
    assert counts(description, twice) == {
        name: 2 * value for name, value in counts(description, once).items()
    }


def test_a_target_that_was_never_measured_is_refused() -> None:
    with pytest.raises(ModelError, match="cortex-m7"):
        instructions("cortex-m7", load("gas").description)


def told(*words: str) -> Any:
    result = CliRunner().invoke(app, ["info", *words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_info_tells_of_an_application_before_it_has_a_record() -> None:
    values = told("--application", "bearing", "--target", "cortex-m3")
    description = load("bearing").description
    assert values["record"] is None
    assert values["pipeline_ram"] == description.memory
    assert sum(values["pipeline_ram_parts"].values()) == description.memory
    assert values["pipeline_instructions"] == round(instructions("cortex-m3", description))
    assert values["input"] == [1, 1, description.length]
    assert "pipeline_instructions" not in told("--application", "gas")
    result = CliRunner().invoke(app, ["info", "--application", "words", "--target", "cortex-m4"])
    assert "front ends of words: 640 features" in result.stdout


def test_info_of_nothing_is_refused_in_one_line() -> None:
    result = CliRunner().invoke(app, ["info"])
    assert result.exit_code == 2
    assert "RECORD, or --application" in result.stderr
