# SPDX-License-Identifier: Apache-2.0
"""The papers' rules in C are the ones that the benchmark says they are."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from rules_twin import (
    Compound,
    Niti,
    Scaled,
    Twin,
    by_3_4,
    by_4_3,
    by_4_5,
    by_5_4,
    into_band,
    pseudo_stochastic,
)
from tintin import record as records
from tintin.model import Conv2d, Dense, MaxPool, Model

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from paper_rules import RuleNetwork, seven_bits

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler: cc")

MODEL = Model(
    (7, 6, 2),
    [
        Conv2d(4, 3, (1, 1), (1, 0, 1, 1), relu=True),
        MaxPool((2, 3), (1, 2)),
        Conv2d(5, (2, 1), relu=True),
        Dense(9, relu=True),
        Dense(4),
    ],
)
STEPS = 80


def real(q, scale):
    s, u, d = scale
    return q * 2.0**s * (4 / 3) ** u * (4 / 5) ** d


def held(network):
    return [
        None if q is None else Scaled(q.astype(np.int64), scale)
        for q, scale in zip(network.weights, network.scales, strict=True)
    ]


def rule_of(compound, setting, record):
    return Compound(setting) if compound else Niti(setting, records.read(record).rng)


@pytest.mark.parametrize(
    ("compound", "setting"), [(False, 1), (False, 2), (False, 5), (True, 1), (True, 4), (True, 6)]
)
def test_each_step_is_the_twin_s_in_every_bit(compound, setting):
    record = records.write(MODEL, 3)
    network = RuleNetwork(record, setting, compound=compound)
    start = held(network)
    twin = Twin(record, rule_of(compound, setting, record), held(network))
    rs = np.random.RandomState(4)
    for step in range(STEPS):
        label = rs.randint(4)
        x = rs.randint(-60, 61, MODEL.input_length) + 20 * (label - 2)
        before = network.learn_many(x[None].astype(np.int8), np.array([label], np.uint16))
        assert before[0] == twin.learn(x, label), f"prediction of step {step}"
        for i, (ours, theirs) in enumerate(zip(held(network), twin.weights, strict=True)):
            if ours is not None:
                assert (ours.data == theirs.data).all(), f"layer {i} at step {step}"
                assert ours.scale == theirs.scale, f"layer {i} at step {step}"
    moved = [(a.data != b.data).any() for a, b in zip(start, held(network), strict=True) if a]
    assert all(moved)


def test_the_compound_rule_s_rounding_to_nearest_stands_still_at_a_small_rate():
    network = RuleNetwork(records.write(MODEL, 3), 14, compound=True)
    before = held(network)
    rs = np.random.RandomState(4)
    x = rs.randint(-60, 61, (50, MODEL.input_length)).astype(np.int8)
    network.learn_many(x, rs.randint(0, 4, 50).astype(np.uint16))
    assert all((a.data == b.data).all() for a, b in zip(before, held(network), strict=True) if a)


def test_a_prediction_moves_nothing():
    network = RuleNetwork(records.write(MODEL, 3), 2, compound=False)
    before = held(network)
    network.predict_many(np.full((5, MODEL.input_length), 50, np.int8))
    assert all((a.data == b.data).all() for a, b in zip(before, held(network), strict=True) if a)


def test_first_weights_are_the_record_s_in_7_bits():
    values = np.random.RandomState(5).uniform(-0.3, 0.3, (20, 30))
    q, exp = seven_bits(values)
    assert 64 <= np.abs(q.astype(int)).max() <= 127
    assert np.abs(q * 2.0**exp - values).max() <= 2.0**exp / 2


def test_compound_exponents_fill_int8_at_the_start_and_keep_what_the_weights_stand_for():
    record = records.write(MODEL, 6)
    plain = held(RuleNetwork(record, 2, compound=False))
    filled = held(RuleNetwork(record, 2, compound=True))
    for before, after in zip(plain, filled, strict=True):
        if before is not None:
            assert 84 <= np.abs(after.data).max() <= 112
            unit = real(1, after.scale)
            wrong = np.abs(real(after.data, after.scale) - real(before.data, before.scale))
            assert wrong.max() <= unit + 0.01 * 112 * unit


def test_niti_s_exponents_never_move_and_its_step_has_mu_bits():
    record = records.write(MODEL, 7)
    network = RuleNetwork(record, 3, compound=False)
    before = held(network)
    x = np.random.RandomState(8).randint(-99, 99, (1, MODEL.input_length)).astype(np.int8)
    network.learn_many(x, np.array([1], np.uint16))
    for a, b in zip(before, held(network), strict=True):
        if a is not None:
            assert a.scale == b.scale
            assert np.abs(a.data - b.data).max() <= 8


def test_no_step_of_the_compound_rule_is_wider_than_its_cap():
    record = records.write(MODEL, 7)
    network = RuleNetwork(record, -10, compound=True)  # a rate of 1024
    before = held(network)
    x = np.random.RandomState(8).randint(-99, 99, (1, MODEL.input_length)).astype(np.int8)
    network.learn_many(x, np.array([1], np.uint16))
    steps = [
        np.abs(a.data - b.data).max()
        for a, b in zip(before, held(network), strict=True)
        if a is not None and a.scale == b.scale
    ]
    assert steps
    assert max(steps) <= 8


def test_pseudo_stochastic_rounding_is_right_on_average():
    for shift in (4, 7, 8, 11):
        v = np.arange(-(2 ** (shift + 3)), 2 ** (shift + 3))
        rounded = pseudo_stochastic(v, shift)
        assert np.abs(rounded - v / 2.0**shift).max() < 1
        positive = v > 0
        assert (rounded - v / 2.0**shift)[positive].mean() == pytest.approx(0, abs=0.13)
        assert rounded.sum() == rounded[0]  # the same either side of 0


def test_fine_scalings_are_what_they_are_called_within_half_a_percent():
    v = np.array([-(10**6), 10**6, 123456])
    for scaling, ratio in ((by_4_3, 4 / 3), (by_3_4, 3 / 4), (by_4_5, 4 / 5), (by_5_4, 5 / 4)):
        assert scaling(v) == pytest.approx(v * ratio, rel=0.005)


@pytest.mark.parametrize(("peak", "moved"), [(127, True), (113, True), (60, False), (31, True)])
def test_a_tensor_outside_the_band_is_scaled_back_into_it(peak, moved):
    t = Scaled(np.array([peak, -peak // 2, 0]), (-7, 1, 0))
    back = into_band(t, 32)
    assert 32 <= np.abs(back.data).max() <= 112
    assert (back.scale != t.scale) == moved
    unit = real(1, back.scale)
    assert np.abs(real(back.data, back.scale) - real(t.data, t.scale)).max() <= 1.01 * unit
