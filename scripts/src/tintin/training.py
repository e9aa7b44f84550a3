# SPDX-License-Identifier: Apache-2.0
"""Passes over a data set, in chunks short enough to show how it goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tintin.data import Dataset
from tintin.engine import Network
from tintin.errors import DataError, ModelError

CHUNK = 256


@dataclass(frozen=True)
class Epoch:
    """One pass: accuracies are shares of 1.

    `running_accuracy` is that of the predictions made before learning from each sample.
    """

    epoch: int
    running_accuracy: float
    test_accuracy: float
    seconds: float


def accuracy(network: Network, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16]) -> float:
    """Share of samples whose class is predicted rightly."""
    return float((network.predict_many(x) == y).mean()) if len(y) else float("nan")


def check_fits(network: Network, data: Dataset) -> None:
    """Raise DataError for samples that the network cannot take, ModelError if nothing learns."""
    if not any(layer.trained for layer in network.layers):
        raise ModelError("no layer was chosen to learn")
    h, w, c = network.layers[0].input
    if data.x_train.shape[1] != h * w * c:
        raise DataError(
            f"samples of {data.x_train.shape[1]} values, but the network reads {h}x{w}x{c}"
        )
    if data.classes > network.classes:
        raise DataError(f"labels up to {data.classes - 1}, but {network.classes} classes")


def sample_order(n: int, seed: int, epoch: int) -> npt.NDArray[np.intp]:
    """The order of a pass: the same on every computer, another in each epoch (from 1)."""
    return np.random.RandomState([seed, epoch]).permutation(n)


def train(
    network: Network,
    data: Dataset,
    epochs: int,
    seed: int = 1,
    progress: Callable[[int, float], None] = lambda samples, running: None,
) -> Iterator[Epoch]:
    """Passes over the training set, each tested; they run as the iterator is drawn from.

    `progress(samples, running accuracy of this pass)` is called after every chunk.
    """
    check_fits(network, data)
    return (_pass(network, data, (epoch, seed), progress) for epoch in range(1, epochs + 1))


def _pass(
    network: Network,
    data: Dataset,
    which: tuple[int, int],
    progress: Callable[[int, float], None],
) -> Epoch:
    epoch, seed = which
    n = len(data.y_train)
    began, hits = time.perf_counter(), 0
    order = sample_order(n, seed, epoch)
    for start in range(0, n, CHUNK):
        rows = order[start : start + CHUNK]
        hits += network.learn_many(data.x_train[rows], data.y_train[rows])
        progress(len(rows), hits / (start + len(rows)))
    network.flush()
    seconds = time.perf_counter() - began
    return Epoch(epoch, hits / n, accuracy(network, data.x_test, data.y_test), seconds)
