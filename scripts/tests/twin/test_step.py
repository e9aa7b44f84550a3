# SPDX-License-Identifier: Apache-2.0
"""A step fails in none of the known ways: it is never too long, nor through the wrong weights."""

from __future__ import annotations

import numpy as np
import pytest

from tintin import engine
from tintin import record as records
from tintin.model import Rate
from tintin.training import sample_order

from . import update
from .digits import GOOD_RATE, digits, learn, mean_accuracy, model, score
from .fixed import Ints, clip, round_nearest
from .networks import (
    CLASSES,
    NETWORKS,
    SETTLING,
    everything,
    masters,
    noise,
    settled,
)
from .record import read

ABSURD = Rate(15, -8)  # 480: the cap decides every step


def moved(before: Ints, after: Ints, doublings: int) -> int:
    """The longest way of a weight, in the unit from before the tensor was rescaled."""
    return int(np.abs((after << doublings) - before).max())


@pytest.mark.parametrize("batch_log2", [0, 2])
@pytest.mark.parametrize("kind", NETWORKS)
def test_no_weight_moves_by_more_than_a_16th_of_the_range_in_one_step(
    kind: str, batch_log2: int
) -> None:
    """The range: the power of two above the largest weight, when that was last looked at."""
    g, shape = np.random.default_rng(8), NETWORKS[kind]
    net = engine.Network(settled(shape, ABSURD), batch_log2=batch_log2)
    layers = [n for n, layer in enumerate(net.layers) if layer.parameters]
    longest = 0.0
    for x in noise(g, SETTLING, shape.input_length):
        before = {n: (masters(net, n), net.weights(n).state.weight_exp) for n in layers}
        net.learn(x, int(g.integers(CLASSES)))
        for n, (m, exp) in before.items():
            state = net.weights(n).state
            cap = 1 << max(state.weight_bits, 8 + 3) - 4
            doublings = state.weight_exp - exp
            way = moved(m, masters(net, n), doublings)
            assert way <= cap + doublings  # halving rounds by half a unit
            longest = max(longest, way / cap)
    assert longest > 0.9  # and the cap was met


def test_at_a_rate_8_times_too_high_digits_lose_less_than_5_points() -> None:
    passes = 5
    assert mean_accuracy(8 * GOOD_RATE, passes) >= mean_accuracy(GOOD_RATE, passes) - 0.05


def test_at_a_rate_16_times_too_high_it_is_the_cap_that_keeps_training_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same three passes, in C and in a twin without the cap."""
    rate, passes, seed = 16 * GOOD_RATE, 3, 1
    start = records.write(model(), seed)
    capped = learn(start, rate, passes, seed)
    monkeypatch.setattr(update, "capped", lambda shift, gradient, master: shift)
    bare = everything(start)
    bare.rate.mantissa, bare.rate.shift = Rate.of(rate).mantissa, Rate.of(rate).shift
    for epoch in range(1, passes + 1):
        for i in sample_order(len(digits().y_train), seed, epoch):
            bare.learn(digits().x_train[i], int(digits().y_train[i]))
    assert score(capped) >= 0.8
    assert score(engine.Network(bare.save())) <= 0.5


def test_errors_go_down_through_the_weights_that_the_activations_came_up_by() -> None:
    """Though the layer above has been updated by then, and far."""
    shape = NETWORKS["dense"]
    net = engine.Network(settled(shape, ABSURD))
    top = len(net.layers) - 1
    net.learn_begin(noise(np.random.default_rng(9), shape.input_length), 0)
    while net.phase <= top + 2:  # forward, and the loss
        net.learn_slice()
    e, before = net.error().data.astype(np.int64), net.weights(top)
    shift = read(settled(shape, ABSURD)).layers[top].error.shift
    assert net.learn_slice()  # the last layer's
    after, below = net.weights(top), net.error().data
    by_old, by_new = (
        clip(round_nearest(e @ view.weight.astype(np.int64), shift)) for view in (before, after)
    )
    assert (by_old != by_new).any()
    assert below.tolist() == by_old.tolist()
