# SPDX-License-Identifier: Apache-2.0
"""What tintin info says of an application's step, beside what QEMU counts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tintin import record as records
from tintin.cli.app import app
from tintin.cost.assumed import FEATURES, IMAGES, assume
from tintin.cost.estimate import Question, estimate
from tintin.cost.instructions import predict
from tintin.data import Dataset
from tintin.fractions import with_fraction_bits
from tintin.signals import learning
from tintin.signals.application import NAMES, load
from tintin.signals.lesson import after_lessons, chosen, new_samples

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import results
from cost_measure import RUNNERS, bare, whole_step
from cost_networks import Workload

CORE = "cortex-m3"
MODES = {8: "2 bytes a parameter", 4: "1.5 bytes a parameter", 0: "1 byte a parameter"}


def counted(name: str, method: str) -> float:
    """By benchmarks/signals_cost.py, on real recordings."""
    rows = [r for r in results.reference("signals_cost") if r.method == method]
    (value,) = [r.value for r in rows if r.network == name and r.unit == "instructions"]
    return value


def assumed(name: str, bits: int) -> float:
    start = records.read(records.write(load(name).model, 1))
    model = with_fraction_bits(start, bits).model
    learns = [layer.kind in ("dense", "conv2d") for layer in model.layers]
    return predict(CORE, model, learns, assume(model, learns, shares=FEATURES)).total


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("bits", MODES)
def test_assumptions_for_features_are_near_what_was_counted(name: str, bits: int) -> None:
    assert assumed(name, bits) == pytest.approx(counted(name, MODES[bits]), rel=0.15)


def test_features_are_not_images() -> None:
    model, learns = load("gas").model, [True, True]
    as_images = predict(CORE, model, learns, assume(model, learns, shares=IMAGES)).total
    assert as_images < 0.7 * counted("gas", MODES[8])


def test_with_samples_it_is_what_qemu_counts_of_them() -> None:
    reason = bare.missing(RUNNERS[CORE])
    if reason:
        pytest.skip(reason)
    application = load("bearing")
    samples = new_samples(application, chosen(application, "synthetic", None))
    record = after_lessons(application, learning.untrained(application), samples)
    rows = np.random.default_rng(1).permutation(len(samples.y_train))[:24]
    few = Dataset(samples.x_train[rows], samples.y_train[rows], samples.x_test, samples.y_test)
    said = estimate(record, "all", Question(CORE, "these", samples=few)).cost.total
    order = np.random.RandomState(1).permutation(len(rows))  # as estimate() takes them
    work = Workload("bearing", record, few.x_train[order], few.y_train[order])
    assert said == pytest.approx(whole_step(bare.build(RUNNERS[CORE]), work), rel=0.015)


def told(*words: str) -> Any:
    result = CliRunner().invoke(app, ["info", *words, "--target", CORE, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["step_cost"]


def test_the_command_says_what_its_figure_is_from() -> None:
    assert "estimate: --data counts" in told("--application", "spectrum")["zeros_from"]
    seen = told("--application", "spectrum", "--data", "synthetic")
    assert seen["zeros_from"] == "24 samples of synthetic signals"
    assert seen["instructions"] == pytest.approx(counted("spectrum", MODES[0]), rel=0.15)
    words = ["info", "--application", "gas", "--target", CORE, "--data", "nowhere.npz"]
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, result.stdout) == (2, "")
