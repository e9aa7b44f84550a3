# SPDX-License-Identifier: Apache-2.0
"""One step of the C engine from many random states, and what it should do on average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintin import engine
from tintin.float_reference import FloatArray
from tintin.model import Model, Rate

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


@dataclass(frozen=True)
class Moves:
    """What masters did in one layer, in their own units, and what they should have done."""

    moved: NDArray[np.int64]  # [state][O][K]
    exact: FloatArray  # [O][K]: the integer gradient over 2^shift, before it is rounded
    wanted: FloatArray  # [O][K]: rate times the float gradient


def moves(model: Model, rate: Rate) -> dict[int, Moves]:
    """Per layer with weights; the sample is the same each time."""
    g = np.random.default_rng(5)
    data = unclipped(settled(model, rate))
    x, label = noise(g, model.input_length), int(g.integers(CLASSES))
    found, start = _targets(model, data, x, label), engine.Network(data)
    before = {n: masters(start, n) for n in found}
    for i, state in enumerate(random_states(STATES)):
        net = engine.Network(with_rng(data, state))
        net.learn(x, label)
        for n, layer in found.items():
            layer.moved[i] = masters(net, n) - before[n]
    return found


def _targets(model: Model, data: bytes, x: NDArray[np.int8], label: int) -> dict[int, Moves]:
    net = everything(data)
    seen = net.predict(x)
    wanted = backward(model, real_weights(net), real_activations(model, seen), label)
    learned = everything(data)
    seen = learned.learn(x, label)
    found = {}
    for n in net.trained:
        master, gradient = (
            net.layers[n].master,
            net.layers[n].gradient(seen.inputs[n], seen.errors[n]),
        )
        shift = weight_shift(master, gradient, net.rate.shift)
        assert 0 < shift == capped(shift, gradient.weight, master) <= 30
        assert learned.layers[n].master.exp == master.exp
        rate = net.rate.mantissa / 8 * 2.0**-net.rate.shift
        found[n] = Moves(
            np.zeros((STATES, *master.m.shape), np.int64),
            np.ldexp(gradient.weight.astype(float), -shift),
            np.ldexp(rate * wanted[n].weight, master.bits - master.exp),
        )
    return found
