# SPDX-License-Identifier: Apache-2.0
"""The cost model says what QEMU counts, of networks that it was not fitted to.

Fitted anew with `python benchmarks/fit_cost.py` after a change of the kernels.
"""

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tintin import record as records
from tintin.cost.instructions import fitted, predict
from tintin.cost.passes import FORWARD
from tintin.data import digits
from tintin.presets import PRESETS
from tintin.training import sample_order

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from cost_measure import RUNNERS, bare, measured, traced, whole_step
from cost_networks import Workload, samples, workload

SEEDS = range(10)
WITHIN = 0.10
MATTERS = 0.10  # share of a step from which a layer is promised


@cache
def image(target):
    reason = bare.missing(RUNNERS[target])
    if reason:
        pytest.skip(reason)
    return bare.build(RUNNERS[target])


@cache
def prepared(seed):
    work = workload(seed)
    return work, traced(work)


@cache
def course():
    """The digits preset after a pass over its data set."""
    pytest.importorskip("sklearn")
    data, start = digits(), records.write(PRESETS["digits"].make(), 1)
    order = sample_order(len(data.y_train), 1, 1)
    lessons, rows = order[:1000], order[1000:1012]
    work = Workload("digits", start, data.x_train[rows], data.y_train[rows])
    work = work.after(data.x_train[lessons], data.y_train[lessons])
    return work, traced(work)


def costs(target, work, steps):
    """What QEMU counts and what the model says, by layer: forward, backward and update."""
    slices = measured(image(target), work, steps)
    said = predict(target, records.read(work.record).model, work.learning(), steps)
    counted = {}
    for one in slices:
        key = one.layer, "forward" if one.passes[0].name == FORWARD else "backward"
        counted[key] = one.instructions
    predicted = {}
    for i, layer in enumerate(said.layers):
        predicted[i, "forward"] = layer.forward
        predicted[i, "backward"] = layer.backward + layer.update
    return counted, predicted, said.total


def assert_close(target, work, steps):
    counted, predicted, total = costs(target, work, steps)
    whole = whole_step(image(target), work)
    assert total == pytest.approx(whole, rel=WITHIN)
    for key, instructions in counted.items():
        if key[0] >= 0 and instructions >= MATTERS * whole:
            assert predicted[key] == pytest.approx(instructions, rel=WITHIN), key


def test_the_stored_coefficients_say_how_they_were_made_and_none_is_negative():
    made, targets = fitted().made, fitted().targets
    assert {"by", "networks", "counter", "compiler", "unit"} <= set(made)
    assert list(targets) == list(RUNNERS)
    assert all(value >= 0 for t in targets.values() for p in t.values() for value in p.values())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("target", RUNNERS)
def test_a_random_network_costs_what_is_said(target, seed):
    assert_close(target, *prepared(seed))


@pytest.mark.parametrize("target", RUNNERS)
def test_the_digits_cost_what_is_said(target):
    assert_close(target, *course())


@cache
def made_up(preset):
    """A preset that has learned from samples with a pattern for each class."""
    model = PRESETS[preset].make()
    x, y = samples(np.random.RandomState(7), model, 200)
    work = Workload(preset, records.write(model, 1), x[-4:], y[-4:]).after(x[:-4], y[:-4])
    return work, traced(work)


@pytest.mark.parametrize("preset", ["lenet5", "cnn1d"])
@pytest.mark.parametrize("target", RUNNERS)
def test_a_preset_costs_what_is_said(target, preset):
    assert_close(target, *made_up(preset))
