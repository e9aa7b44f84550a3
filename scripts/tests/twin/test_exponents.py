# SPDX-License-Identifier: Apache-2.0
"""Exponents fail in none of the known ways: they follow the numbers, and are never lost."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tintin import engine
from tintin import record as records
from tintin.data import Dataset
from tintin.model import Dense, Model, Rate

from . import record
from .digits import GOOD_RATE, SEEDS, digits, learn, model, score
from .networks import NETWORKS, masters, noise, settled
from .scaling import WINDOW

STILL = Rate(8, 24)  # the scales move, the weights do not
MLP = Model((1, 1, 32), [Dense(16, relu=True), Dense(5)])


def shift_of(net: engine.Network) -> int:
    """S of the first layer's output."""
    return record.read(net.save()).layers[0].activation.shift


def activation(net: engine.Network, x: NDArray[np.int8]) -> NDArray[np.int8]:
    """The first layer's output for a sample that is then learned from."""
    net.learn_begin(x, 0)
    net.learn_slice()
    found = net.activation(0).data
    while net.learn_slice():
        pass
    return found


def peaks(net: engine.Network, samples: NDArray[np.int8]) -> list[int]:
    """The largest output of the first layer for each sample, while it learns from them."""
    return [int(activation(net, x).max()) for x in samples]


def quiet(n: int, seed: int = 1) -> NDArray[np.int8]:
    """Samples that use 4 of the 7 bits."""
    return (noise(np.random.default_rng(seed), n, 32) // 8).astype(np.int8)


def used_to_quiet() -> engine.Network:
    net = engine.Network(settled(MLP, STILL))
    net.learn_many(quiet(6 * WINDOW), np.zeros(6 * WINDOW, int))
    return net


def test_one_outlier_costs_at_most_one_bit_for_one_window() -> None:
    """An exponent from the current maximum would flatten it, a scale that never falls the rest."""
    net, rest = used_to_quiet(), quiet(2 * WINDOW, seed=2)
    before, usual = shift_of(net), peaks(used_to_quiet(), rest)
    loud = np.where(net.weights(0).weight[0] < 0, -128, 127).astype(np.int8)
    assert activation(net, loud).max() == 127
    assert shift_of(net) == before + 1
    after = peaks(net, rest)
    assert np.median(after[: WINDOW // 2]) >= 0.45 * np.median(usual)
    assert shift_of(net) == before


def with_noise(samples: Dataset, seed: int) -> Dataset:
    """One training sample in a hundred is full-scale noise under its old label."""
    g, x = np.random.default_rng(seed), samples.x_train.copy()
    rows = g.choice(len(x), len(x) // 100, replace=False)
    x[rows] = np.where(g.random((len(rows), x.shape[1])) < 0.5, -128, 127)
    return samples._replace(x_train=x)


def test_one_sample_in_a_hundred_out_of_range_costs_digits_less_than_two_points() -> None:
    lost = []
    for seed in SEEDS:
        start = records.write(model(), seed)
        nets = [
            learn(start, GOOD_RATE, 5, seed, samples)
            for samples in (digits(), with_noise(digits(), seed))
        ]
        lost.append(score(nets[0]) - score(nets[1]))
    assert np.mean(lost) < 0.02


def test_scales_follow_an_input_that_drifts_up_within_samples_and_down_within_windows() -> None:
    """Eight times as loud, and back: a static scale would clip, then waste three bits."""
    net = used_to_quiet()
    start, loud = shift_of(net), noise(np.random.default_rng(3), WINDOW, 32)
    needed = 3
    net.learn_many(loud[:10], np.zeros(10, int))
    assert shift_of(net) >= start + needed - 1
    net.learn_many(loud, np.zeros(WINDOW, int))
    assert abs(shift_of(net) - start - needed) <= 1
    assert np.mean(np.equal(peaks(net, loud), 127)) < 0.1
    back = quiet((needed + 2) * WINDOW, seed=4)
    net.learn_many(back, np.zeros(len(back), int))
    assert abs(shift_of(net) - start) <= 1


def forward(data: bytes, x: NDArray[np.int8]) -> list[engine.Tensor]:
    """All that a forward pass leaves."""
    net, found = engine.Network(data), []
    net.learn_begin(x, 0)
    for n in range(len(net.layers) - 1):
        net.learn_slice()
        found.append(net.activation(n))
    net.learn_slice()
    return [*found, net.logits()]


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_power_of_two_moved_from_the_weights_to_the_input_changes_nothing(kind: str) -> None:
    """No exponent is left untracked: all activations, the logits and their exponents are equal."""
    content = record.read(settled(NETWORKS[kind], STILL))
    first, *rest = content.layers
    first = replace(first, weight_exp=first.weight_exp - 3)
    moved = replace(content, input_exp=content.input_exp + 3, layers=[first, *rest])
    for x in noise(np.random.default_rng(6), 5, math.prod(content.input)):
        passes = [forward(record.write(r), x) for r in (content, moved)]
        for a, b in zip(*passes, strict=True):
            assert a.exp == b.exp
            assert (a.data == b.data).all()


@pytest.mark.parametrize("bits", [8, 4, 0])
def test_a_weight_that_meets_its_limit_doubles_the_unit_and_keeps_its_value(bits: int) -> None:
    layer = Dense(3, fraction_bits=bits)
    start = records.read(records.write(Model((1, 1, 8), [layer], rate=Rate(8, -2)), 1))
    planes = start.layers[0].planes
    full = replace(planes, weight=np.full_like(planes.weight, 127))
    data = records.pack(replace(start, layers=(replace(start.layers[0], planes=full),)))
    net = engine.Network(data)
    before, exp = masters(net, 0), net.weights(0).state.weight_exp
    net.learn(np.full(8, 127, np.int8), 0)
    view, after = net.weights(0), masters(net, 0)
    assert view.state.weight_exp == exp + 1
    step = 1 << 7 + bits - 4  # the step cap
    assert np.abs(2 * after - before).max() <= step + 2
    assert np.abs(view.weight).max() <= 127


@pytest.mark.parametrize("octaves", [3, 6])
def test_training_goes_on_from_weights_whose_exponent_is_too_small(octaves: int) -> None:
    """Initial weights 2^octaves too small: they grow into larger units, and learn the digits."""
    for seed in SEEDS:
        start = records.read(records.write(model(), seed))
        small = tuple(
            replace(data, state=replace(data.state, weight_exp=data.state.weight_exp - octaves))
            for data in start.layers
        )
        net = learn(records.pack(replace(start, layers=small)), GOOD_RATE, 5, seed)
        for n, data in enumerate(small):
            assert net.weights(n).state.weight_exp >= data.state.weight_exp + octaves
            assert np.abs(net.weights(n).weight).max() <= 127
        assert score(net) >= 0.9


@pytest.mark.parametrize("fan_in", [2, 3, 25, 64, 784, 4096, 32768])
def test_initial_weights_use_at_least_five_bits_beside_the_sign(fan_in: int) -> None:
    outputs = max(2, 256 // fan_in)
    for layers in ([Dense(outputs)], [Dense(outputs, relu=True), Dense(2)]):
        net = engine.Network(records.write(Model((1, 1, fan_in), layers), 1))
        assert 30 <= np.abs(net.weights(0).weight).max() <= 64
