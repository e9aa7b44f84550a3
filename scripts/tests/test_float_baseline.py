# SPDX-License-Identifier: Apache-2.0
"""The benchmarks' float32 yardstick is the SGD that it is said to be."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from tintin import record as records
from tintin.float_reference import FloatWeights, outputs
from tintin.model import Conv2d, Dense, MaxPool, Model

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
from float_sgd import FloatNetwork

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler: cc")

MODEL = Model(
    (6, 5, 2),
    [Conv2d(3, 3, (1, 2), (1, 0, 1, 1), relu=True), MaxPool(2), Dense(7, relu=True), Dense(4)],
)


def floats(network):
    return [
        None if w is None else FloatWeights(w.astype(float), b.astype(float))
        for w, b in zip(network.weights, network.biases, strict=True)
    ]


def logits(weights, x):
    *_, last = outputs(MODEL, weights, np.ldexp(x.astype(float), -7))
    return last.reshape(len(x), -1)


def cross_entropy(weights, x, label):
    z = logits(weights, x[None])[0]
    return np.log(np.exp(z - z.max()).sum()) + z.max() - z[label]


def samples(n):
    return np.random.RandomState(1).randint(-127, 128, (n, MODEL.input_length)).astype(np.int8)


def test_it_predicts_what_the_float_reference_computes():
    network, x = FloatNetwork(records.write(MODEL, 5)), samples(50)
    assert (network.predict_many(x) == logits(floats(network), x).argmax(1)).all()


def test_its_step_is_the_rate_times_the_gradient():
    record, x, label, rate, h = records.write(MODEL, 5), samples(1)[0], 2, 2.0**-6, 1e-5
    network = FloatNetwork(record)
    before = floats(network)
    network.learn_many(x[None], np.array([label]), rate)
    after = floats(network)
    for old, new in zip(before, after, strict=True):
        if old is None:
            continue
        for part in ("weight", "bias"):
            array, moved = getattr(old, part), getattr(new, part) - getattr(old, part)
            for i in np.ndindex(array.shape):
                kept = array[i]
                array[i] = kept + h
                above = cross_entropy(before, x, label)
                array[i] = kept - h
                below = cross_entropy(before, x, label)
                array[i] = kept
                assert moved[i] == pytest.approx(-rate * (above - below) / (2 * h), abs=2e-7)
