# SPDX-License-Identifier: Apache-2.0
"""A step of the C engine is on average -rate times the gradient: over many random states."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tintin import engine
from tintin.float_reference import FloatArray
from tintin.model import AvgPool, Conv2d, Dense, MaxPool, Model, Rate

from .float_reference import backward
from .networks import (
    CLASSES,
    everything,
    masters,
    noise,
    random_states,
    real_activations,
    real_weights,
    settled,
    unclipped,
    with_rng,
)
from .update import capped, weight_shift

STATES = 1000
SIGMAS = 5


def everything_model(bits: int) -> Model:
    """Each kind of layer once."""
    return Model(
        (8, 8, 2),
        [
            Conv2d(4, (3, 3), padding=(1, 1, 1, 1), relu=True, fraction_bits=bits),
            MaxPool(2),
            Conv2d(6, (2, 2), stride=(1, 2), padding=(1, 0, 0, 0), fraction_bits=bits),
            AvgPool((2, 2), relu=True),
            Dense(8, relu=True, fraction_bits=bits),
            Dense(CLASSES, fraction_bits=bits),
        ],
    )


@dataclass(frozen=True)
class Moves:
    """One step of the C engine from many random states: how far each master moved."""

    moved: dict[int, NDArray[np.int64]]  # layer -> [state][O][K]
    exact: dict[int, FloatArray]  # layer -> [O][K]: the integer gradient over 2^shift, not rounded
    wanted: dict[
        int, FloatArray
    ]  # layer -> [O][K]: rate times the float gradient, in the same unit


@cache
def moves(bits: int, rate: Rate) -> Moves:
    model, g = everything_model(bits), np.random.default_rng(5)
    data = unclipped(settled(model, rate))
    x, label = noise(g, model.input_length), int(g.integers(CLASSES))
    twin = everything(data)
    weights, seen = real_weights(twin), twin.learn(x, label)
    wanted = backward(model, weights, real_activations(model, seen), label)
    before = everything(data)
    found = Moves({}, {}, {})
    for n in twin.trained:
        master = before.layers[n].master
        gradient = before.layers[n].gradient(seen.inputs[n], seen.errors[n])
        shift = weight_shift(master, gradient, rate.shift)
        assert 0 < shift == capped(shift, gradient.weight, master) <= 30
        assert twin.layers[n].master.exp == master.exp
        found.exact[n] = np.ldexp(gradient.weight.astype(float), -shift)
        found.wanted[n] = np.ldexp(float(rate) * wanted[n].weight, bits - master.exp)
        found.moved[n] = np.zeros((STATES, *master.m.shape), np.int64)
    for i, state in enumerate(random_states(STATES)):
        net = engine.Network(with_rng(data, state))
        net.learn(x, label)
        for n, moved in found.moved.items():
            moved[i] = masters(net, n) - before.layers[n].master.m
    return found


RATES = {8: Rate(11, 8), 4: Rate(11, 6), 0: Rate(11, 6)}


@pytest.mark.parametrize("bits", RATES)
def test_a_step_of_the_c_engine_is_unbiased_over_random_states(bits: int) -> None:
    """Each weight on its own: within 5 standard errors of the mean of a rounded value."""
    found = moves(bits, RATES[bits])
    for n, moved in found.moved.items():
        rounding = moved + found.exact[n]
        assert np.abs(rounding).max() < 1
        share = found.exact[n] % 1  # how often it rounds up
        error = np.sqrt(share * (1 - share) / STATES)
        few = SIGMAS / STATES  # where a share is so near 0 or 1 that few states round the other way
        assert (np.abs(rounding.mean(0)) <= SIGMAS * error + few).all(), f"layer {n}"


@pytest.mark.parametrize("bits", RATES)
def test_a_step_of_the_c_engine_is_on_average_rate_times_the_float_gradient(bits: int) -> None:
    """Along that gradient, within 4 % and 5 standard errors of the mean over the states."""
    found = moves(bits, RATES[bits])
    for n, moved in found.moved.items():
        gradient = found.wanted[n]
        ratios = -(moved * gradient).sum((1, 2)) / (gradient**2).sum()
        error = ratios.std() / np.sqrt(STATES)
        assert error < 0.03
        assert abs(ratios.mean() - 1) <= 0.04 + SIGMAS * error, f"layer {n}"
