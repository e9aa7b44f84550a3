# SPDX-License-Identifier: Apache-2.0
"""Rounding fails in none of the known ways: no stall, no drift, no wrap, nothing clipped early."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tintin import engine
from tintin.model import Dense, Model, Rate

from .digits import mean_accuracy
from .fixed import round_nearest
from .handmade import dense, network
from .lockstep import Pair
from .moves import STATES, Moves, moves
from .networks import CLASSES
from .record import read
from .scaling import Scale

SIGMAS = 5
STALLING = Rate(9, 8)  # every update of one_layer() is under half a unit


@cache
def one_layer() -> Moves:
    """A layer with no fraction bits, at a rate at which rounding to nearest would do nothing."""
    return moves(Model((1, 1, 40), [Dense(CLASSES, fraction_bits=0)]), STALLING)[0]


def test_updates_under_half_a_unit_move_weights_on_average_where_there_is_no_fraction() -> None:
    layer = one_layer()
    assert 0 < np.abs(layer.exact).max() < 0.5
    assert set(np.unique(layer.moved)) == {-1, 0, 1}
    ratios = -(layer.moved * layer.exact).sum((1, 2)) / (layer.exact**2).sum()
    assert abs(ratios.mean() - 1) <= SIGMAS * ratios.std() / np.sqrt(STATES) < 0.2


def test_training_does_not_stall_where_there_is_no_fraction() -> None:
    """At a rate 8 times lower than a good one, 3 passes are worth as much as with 8 bits."""
    rate, passes = 2.0**-8, 3
    without = mean_accuracy(rate, passes, fraction_bits=0)
    assert without >= mean_accuracy(rate, passes, fraction_bits=8) - 0.05
    assert without >= 0.7


@pytest.mark.parametrize("sign", [1, -1])
def test_rounding_drifts_neither_up_nor_down_for_gradients_of_either_sign(sign: int) -> None:
    """Within 5 standard errors of 0; floor would be off by half a unit on average."""
    layer = one_layer()
    chosen = np.sign(layer.exact) == sign
    drift = (layer.moved + layer.exact)[:, chosen].mean(1)
    bound = SIGMAS * drift.std() / np.sqrt(STATES)
    assert abs(drift.mean()) <= bound
    by_floor = np.floor(-layer.exact[chosen]) + layer.exact[chosen]
    assert abs(by_floor.mean()) > 10 * bound  # and the test would see it


def hidden(weight: int, shift: int) -> engine.Network:
    """One input, one hidden unit without ReLU whose accumulator is weight times it."""
    unit = dense((1, 1, 1), [[weight]], activation=Scale(shift))
    return engine.Network(network(unit, dense(unit.out, [[100], [-100]])))


@pytest.mark.parametrize(("x", "kept"), [(1, 64), (2, 127), (-2, -127)])
def test_an_accumulator_of_128_has_8_bits_and_is_clipped_not_wrapped(x: int, kept: int) -> None:
    net = hidden(weight=64, shift=0)
    net.learn_begin([x], 0)
    net.learn_slice()
    assert net.activation(0).data.tolist() == [kept]
    while net.learn_slice():
        pass
    assert read(net.save()).layers[0].activation.shift == (1 if abs(x) == 2 else 0)


@pytest.mark.parametrize(("weight", "shift"), [(1, 0), (2, 1)])
def test_an_error_of_256_has_9_bits_and_moves_its_scale_one_of_128_does_not(
    weight: int, shift: int
) -> None:
    """An error may clip by one bit."""
    below = dense((1, 1, 1), [[1]], activation=Scale(7))
    last = dense(below.out, [[weight], [-weight]], error=Scale(0))
    last.bias = np.array([2**24, 0])  # certain of class 0: a label of 1 makes errors of 64 and -64
    pair = Pair(network(below, last), frozenset({0, 1}))
    seen = pair.step(np.zeros(1, np.int8), 1)
    assert seen.errors[1].data.tolist() == [64, -64]
    assert seen.errors[0].data.tolist() == [127]  # of weight * 128
    assert read(pair.engine.save()).layers[1].error.shift == shift


@pytest.mark.parametrize(("shift", "kept"), [(6, 100), (5, 127), (7, 50), (12, 2), (13, 1)])
def test_an_accumulator_is_shifted_before_it_is_clipped(shift: int, kept: int) -> None:
    net = hidden(weight=64, shift=shift)
    net.learn_begin([100], 0)
    net.learn_slice()
    assert net.activation(0).data.tolist() == [kept]
    assert kept == min(127, int(round_nearest(np.array([6400]), shift)[0]))
