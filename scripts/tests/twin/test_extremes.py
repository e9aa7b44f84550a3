# SPDX-License-Identifier: Apache-2.0
"""Extreme numbers fail in none of the known ways: logits of any exponent, and divergence."""

from __future__ import annotations

import numpy as np
import pytest

from tintin import engine
from tintin import record as records
from tintin.model import Rate

from .digits import digits, learn, model
from .fixed import EXPONENT_LIMIT
from .handmade import dense, network
from .lockstep import Pair
from .loss import ONE
from .master import BIAS_LIMIT, MAX_WEIGHT_EXP
from .networks import CLASSES, NETWORKS, noise, settled

DIVERGING = Rate(8, -8)  # 256
TOLERANCE = 40  # of Q15: the softmax is a table
LOGITS = [3, -100, 127, 126]


def logits_times(exponent: int) -> bytes:
    """A network whose logits, for an input of 1, are LOGITS * 2^exponent."""
    step = MAX_WEIGHT_EXP if exponent > 0 else -20
    layers, left = [], exponent
    while abs(left) > abs(step):
        layers.append(dense((1, 1, 1), [[1]], weight_exp=step))
        left -= step
    last = dense((1, 1, 1), [[z] for z in LOGITS], weight_exp=min(left, 10) if step > 0 else left)
    return network(*layers, last, input_exp=0)


def certainty(logits: list[int], exponent: int) -> float:
    """The softmax of the first of the largest logits, in float."""
    below = np.ldexp(np.array(logits, float) - max(logits), np.clip(exponent, -200, 200))
    return float(1 / np.exp(below).sum())


@pytest.mark.parametrize("exponent", [-130, -100, -60, -41, -31, -17, -10, 0, 4, 10, 40, 100, 130])
def test_the_loss_is_defined_for_logits_of_any_exponent(exponent: int) -> None:
    """Too small to differ: all classes alike. Too large: the first maximum takes all."""
    pair = Pair(logits_times(exponent), frozenset({0}))
    seen = pair.step(np.ones(1, np.int8), 0)
    assert seen.logits.data.tolist() == LOGITS
    assert seen.logits.exp == np.clip(exponent, -EXPONENT_LIMIT, EXPONENT_LIMIT)
    assert seen.label == 2
    assert seen.confidence == pytest.approx(ONE * certainty(LOGITS, exponent), abs=TOLERANCE)
    assert engine.record_check(pair.engine.save()) > 0


@pytest.mark.parametrize("exponent", [-60, -42, -41, -28, -25, -22, -10, 3, 4, 20, 50])
def test_the_loss_is_defined_for_logits_as_far_apart_as_an_accumulator_allows(
    exponent: int,
) -> None:
    """A power of two: a distance that wrapped, where it should stop at 16, would come out as 0."""
    weight_exp = int(np.clip(exponent, -20, MAX_WEIGHT_EXP))
    last = dense((1, 1, 32768), [[-64], [64]], weight_exp=weight_exp)
    pair = Pair(network(last, input_exp=exponent - weight_exp), frozenset({0}))
    seen = pair.step(np.full(32768, 64, np.int8), 0)
    logits = [-(2**27), 2**27]
    assert (seen.logits.data.tolist(), seen.logits.exp) == (logits, exponent)
    assert seen.confidence == pytest.approx(ONE * certainty(logits, exponent), abs=TOLERANCE)


def within_bounds(net: engine.Network) -> None:
    """What every reader of the record relies on."""
    saved = net.save()
    assert engine.record_check(saved) == len(saved)
    for n, layer in enumerate(net.layers):
        if layer.parameters:
            view = net.weights(n)
            assert np.abs(view.weight.astype(int)).max() <= 127
            assert np.abs(view.bias.astype(np.int64)).max() <= BIAS_LIMIT
            assert -20 <= view.state.weight_exp <= MAX_WEIGHT_EXP


@pytest.mark.parametrize("batch_log2", [0, 2])
@pytest.mark.parametrize("kind", NETWORKS)
def test_divergence_is_defined_in_every_bit(kind: str, batch_log2: int) -> None:
    """At a rate of 256, C goes where the twin goes, which checks that each sum fits int32."""
    g, shape = np.random.default_rng(2), NETWORKS[kind]
    data = settled(shape, DIVERGING)
    pair = Pair(data, frozenset(range(len(shape.layers))), batch_log2)
    for x in noise(g, 80, shape.input_length):
        pair.step(x, int(g.integers(CLASSES)))
    within_bounds(pair.engine)


def test_a_diverged_network_stays_within_its_bounds_however_long_it_goes_on() -> None:
    net = learn(records.write(model(), 1), float(DIVERGING), 5, 1)
    within_bounds(net)
    assert net.step == 5 * len(digits().y_train)
    assert net.predict(digits().x_test[0]).confidence <= 32768
