# SPDX-License-Identifier: Apache-2.0
"""What the engine learns, and how exactly."""

from dataclasses import replace

import numpy as np
import pytest

from tintin import record as records
from tintin.data import digits
from tintin.engine import Network
from tintin.model import Dense, Model
from tintin.planes import real_weights
from tintin.presets import PRESETS
from tintin.training import train


def learned(model, seed, epochs=20, **options):
    network = Network(records.write(model, seed), **options)
    return list(train(network, digits(), epochs, seed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_digits_are_learned_to_955_percent_within_20_passes(seed):
    assert learned(PRESETS["digits"].make(), seed)[-1].test_accuracy >= 0.955


@pytest.mark.parametrize(("bits", "least"), [(4, 0.95), (0, 0.94)])
def test_fewer_fraction_bits_learn_as_well_or_nearly(bits, least):
    layers = [Dense(32, relu=True, fraction_bits=bits), Dense(10, fraction_bits=bits)]
    assert learned(Model((8, 8, 1), layers), 1)[-1].test_accuracy >= least


def test_a_mini_batch_learns_too():
    history = learned(PRESETS["digits"].make(), 1, batch_log2=3)
    assert history[-1].test_accuracy >= 0.94


def test_training_is_the_same_bits_each_time():
    data = digits()
    contents = []
    for _ in range(2):
        network = Network(records.write(PRESETS["digits"].make(), 4))
        list(train(network, data, 2, 7))
        contents.append(network.save())
    assert contents[0] == contents[1]


def _float_gradient(weight, x, label):
    """dW [O, K] of softmax cross-entropy, biases 0."""
    z = weight @ x
    p = np.exp(z - z.max())
    p /= p.sum()
    p[label] -= 1
    return np.outer(p, x)


def test_steps_are_on_average_those_of_float_sgd():
    start = records.read(records.write(Model((1, 1, 16), [Dense(5)]), 9))
    before = real_weights(start.layers[0].planes, start.layers[0].state, 8)
    rs = np.random.RandomState(0)
    rate, moved, expected = 2**-7, np.zeros((5, 16)), np.zeros((5, 16))
    for step in range(200):
        x, label = rs.randint(-127, 128, 16).astype(np.int8), step % 5
        network = Network(records.pack(replace(start, rng=1 + step)))
        network.set_rate(rate)
        network.learn(x, label)
        after = records.read(network.save()).layers[0]
        moved += real_weights(after.planes, after.state, 8) - before
        expected -= rate * _float_gradient(before, np.ldexp(x.astype(float), -7), label)
    assert np.linalg.norm(moved - expected) / np.linalg.norm(expected) < 0.03
