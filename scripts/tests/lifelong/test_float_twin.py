# SPDX-License-Identifier: Apache-2.0
"""The float twin sees what the learner sees: the same samples, in the same order."""

from __future__ import annotations

import numpy as np
import pytest

from tintin import record as records
from tintin.learner import SIGNALS, DriftOptions, Learner, Options
from tintin.lifelong.float_mlp import FloatMlp
from tintin.lifelong.reservoir import Reservoir
from tintin.model import Dense, Model
from tintin.rate import Rate

OFF = dict.fromkeys(SIGNALS, DriftOptions(threshold=1, delta=0, mode="off"))
CLASSES = 6


def stream(n, seed):
    """Samples that tell their number, in runs of one class."""
    rs = np.random.RandomState(seed)
    y = np.sort(rs.randint(0, CLASSES, n)).astype(np.int32)
    x = rs.randint(-100, 100, (n, 12)).astype(np.int8)
    x[:, 0], x[:, 1] = np.arange(n) % 100, np.arange(n) // 100
    return x, y


def model(rate=2**-5):
    return Model((1, 1, 12), [Dense(8, relu=True), Dense(CLASSES)], rate=Rate.of(rate))


@pytest.mark.parametrize(("share", "slots"), [(0, 30), (4, 30), (3, 47), (4, 5)])
def test_the_twin_s_buffer_is_the_engine_s_slot_by_slot(share, slots):
    x, y = stream(600, seed=share + slots)
    options = Options(slots=slots, share=share, seed=9, drift=OFF)
    learner = Learner(records.write(model(), 1), options)
    twin = Reservoir(slots, CLASSES, share, seed=9)
    for i, label in enumerate(y):
        learner.remember(x[i], int(label))
        twin.claim(i, int(label))
        if i % 97 == 0:
            # Drawing moves the generator of both, and nothing else.
            learner.idle(0)
    samples, labels, held = learner.buffer()
    numbers = samples[:, 0].astype(int) + 100 * samples[:, 1].astype(int)
    assert [tuple(row) for row in twin.contents()] == list(
        zip(numbers.tolist(), labels.tolist(), held.tolist(), strict=True)
    )


def test_replaying_draws_the_same_samples():
    """Draws between claims move the generator: one draw too many and the buffers part."""
    x, y = stream(400, seed=3)
    options = Options(method="replay", slots=40, share=0, replays=3, seed=5, drift=OFF)
    learner = Learner(records.write(model(), 1), options)
    learner.stream(x, y)
    twin = Reservoir(40, CLASSES, 0, seed=5)
    for i, label in enumerate(y):
        twin.claim(i, int(label))
        for _ in range(3):
            twin.draw()
    samples, _, _ = learner.buffer()
    numbers = samples[:, 0].astype(int) + 100 * samples[:, 1].astype(int)
    assert [number for number, _, _ in twin.contents()] == numbers.tolist()


def test_the_gradient_is_that_of_the_loss():
    """Against finite differences of the cross-entropy."""
    rs = np.random.RandomState(0)
    network = FloatMlp(records.write(model(), 3))
    x = rs.uniform(-1, 1, 12).astype(np.float32)

    def loss():
        z = network.logits(x).astype(np.float64)
        return float(np.log(np.exp(z - z.max()).sum()) + z.max() - z[2])

    for layer in network.layers:
        layer.weight = layer.weight.astype(np.float64)
        layer.scratch = np.empty_like(layer.weight)
    before = [layer.weight.copy() for layer in network.layers]
    expected = []
    for layer in network.layers:
        for at in [(0, 0), (3, 5)]:
            kept = layer.weight[at]
            layer.weight[at] = kept + 1e-4
            up = loss()
            layer.weight[at] = kept - 1e-4
            expected.append((up - loss()) / 2e-4)
            layer.weight[at] = kept
    network.rate = np.float32(1.0)
    network.learn(network.activations(x), 2)
    found = [
        before[i][at] - layer.weight[at]
        for i, layer in enumerate(network.layers)
        for at in [(0, 0), (3, 5)]
    ]
    assert found == pytest.approx(expected, abs=1e-4)


def test_a_closed_class_is_never_predicted_and_learns_nothing():
    rs = np.random.RandomState(1)
    network = FloatMlp(records.write(model(2**-2), 1))
    network.close(4)
    x = rs.randint(-127, 128, (200, 12)).astype(np.int8)
    for latent in network.latents(x):
        network.learn(network.activations(latent), int(rs.randint(4)))
    assert 4 not in network.predict_many(x)
    assert not network.is_open(4)
    assert (network.head.weight[4] == 0).all()
    assert network.is_open(3)


def test_an_imprinted_class_is_predicted_for_its_own_sample():
    network = FloatMlp(records.write(model(), 1))
    network.close(5)
    sample = np.full((1, 12), 60, np.int8)
    values = network.activations(network.latents(sample)[0])
    network.imprint(values, 5, 1)
    assert network.predict_many(sample).tolist() == [5]
    assert values[-1].argmax() == 5
