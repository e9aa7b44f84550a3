# SPDX-License-Identifier: Apache-2.0
"""The float program that the benchmarks count instructions of learns as float SGD does."""

import shutil
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tintin import record as records
from tintin.demo.bare import runner
from tintin.model import Conv2d, Dense, MaxPool, Model

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import float_c
from float_sgd import FloatNetwork

bare = runner(Path(__file__).parents[2])
pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler: cc")

MODEL = Model(
    (9, 8, 2),
    [
        Conv2d(3, (3, 3), (1, 2), (1, 0, 1, 1), relu=True),
        MaxPool((2, 2)),
        Conv2d(5, (2, 1), relu=True),
        Dense(7, relu=True),
        Dense(4),
    ],
)
RATE = (12, 5)  # 1.5 * 2^-5


def stream(n):
    random = np.random.RandomState(1)
    x = random.randint(-127, 128, (n, MODEL.input_length)).astype(np.int8)
    return x, random.randint(0, 4, n).astype(np.uint16)


@cache
def learned(target, *, skip_zeros):
    reason = bare.missing(target)
    if reason:
        pytest.skip(reason)
    start, (x, y) = records.write(MODEL, 5), stream(60)
    image = float_c.build(bare, target, skip_zeros=skip_zeros)
    lessons = [bare.learn(sample, label) for sample, label in zip(x, y, strict=True)]
    job = bare.Job(float_c.record(start), [bare.rate(*RATE), *lessons, *map(bare.predict, x)])
    result = bare.run(image, job)
    return float_c.weights(result.record, start), result


def yardstick():
    network, (x, y) = FloatNetwork(records.write(MODEL, 5)), stream(60)
    before = network.learn_many(x, y, RATE[0] / 8 * 2.0 ** -RATE[1])
    pairs = zip(network.weights, network.biases, strict=True)
    weights = [(w, b) for w, b in pairs if w is not None]
    return weights, [*before, *network.predict_many(x)]


@pytest.mark.parametrize("skip_zeros", [False, True])
@pytest.mark.parametrize("target", ["host", "m0-mps2", "m3", "m4", "m55"])
def test_it_ends_with_the_weights_and_predictions_of_the_yardstick(target, skip_zeros):
    (weights, result), (expected, labels) = learned(target, skip_zeros=skip_zeros), yardstick()
    assert len(weights) == len(expected) == 4
    for (w, b), (expected_w, expected_b) in zip(weights, expected, strict=True):
        np.testing.assert_allclose(w, expected_w, rtol=1e-4, atol=2e-6)
        np.testing.assert_allclose(b, expected_b, rtol=1e-4, atol=2e-6)
    assert [label for label, _ in result.predictions] == labels


def test_learning_moves_what_is_compared():
    start = float_c.weights(
        float_c.record(records.write(MODEL, 5))[12 + 5 * 56 :], records.write(MODEL, 5)
    )
    for (w, _), (moved, _) in zip(start, yardstick()[0], strict=True):
        assert np.abs(w - moved).max() > 0.01


def test_to_skip_zero_errors_takes_fewer_instructions_and_gives_the_same_bits():
    (plain, slow), (skipping, fast) = (
        learned("m3", skip_zeros=False),
        learned("m3", skip_zeros=True),
    )
    assert all((a[0] == b[0]).all() for a, b in zip(plain, skipping, strict=True))
    assert fast.instructions_per_step < 0.9 * slow.instructions_per_step
