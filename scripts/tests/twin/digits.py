# SPDX-License-Identifier: Apache-2.0
"""The digits, for promises about training as a whole. Skips where scikit-learn is missing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tintin import data
from tintin import record as records
from tintin.engine import Network
from tintin.model import Dense, Model
from tintin.training import accuracy, train

SEEDS = (1, 2, 3)
GOOD_RATE = 2.0**-5


def model(fraction_bits: int = 8) -> Model:
    """64-32-10."""
    hidden = Dense(32, relu=True, fraction_bits=fraction_bits)
    return Model((8, 8, 1), [hidden, Dense(10, fraction_bits=fraction_bits)])


@cache
def digits() -> data.Dataset:
    pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
    return data.digits()


def learn(
    record: bytes, rate: float, passes: int, seed: int, samples: data.Dataset | None = None
) -> Network:
    """The C engine after some passes in the order of a seed."""
    net = Network(record)
    net.set_rate(rate)
    for _ in train(net, samples or digits(), passes, seed):
        pass
    return net


def score(net: Network) -> float:
    return accuracy(net, digits().x_test, digits().y_test)


def mean_accuracy(rate: float, passes: int, fraction_bits: int = 8) -> float:
    """Over the seeds, each with other initial weights and another order."""
    nets = (learn(records.write(model(fraction_bits), s), rate, passes, s) for s in SEEDS)
    return float(np.mean([score(net) for net in nets]))
