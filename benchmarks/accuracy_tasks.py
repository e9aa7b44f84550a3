# SPDX-License-Identifier: Apache-2.0
"""What is learned in the accuracy benchmark: data, network, passes, and what is held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tintin import presets
from tintin.data import FEATURE_EXP, Dataset, activity, bearing, digits, fashion_mnist, mnist
from tintin.data.bearing import OTHER_LOADS
from tintin.model import Dense, Model

Int8Array = npt.NDArray[np.int8]
Labels = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Samples:
    """Samples int8 [N, length] and their labels."""

    x: Int8Array
    y: Labels

    def __len__(self) -> int:
        return len(self.y)


@dataclass(frozen=True)
class Material:
    """Training samples, and the parts of the test: their mean is the accuracy."""

    train: Samples
    tests: Mapping[str, Samples]


@dataclass(frozen=True)
class Task:
    """One data set and the network that learns it.

    The last `held_out` training samples choose the rate, on the first `tuning_samples` of the
    others, with each of `tuning_seeds`; no test sample does. `seeds` then measure.
    """

    name: str
    network: str
    model: Callable[[], Model]
    material: Callable[[Path | None], Material]
    epochs: int
    held_out: int
    start_rate: float
    seeds: tuple[int, ...] = tuple(range(1, 11))
    tuning_seeds: tuple[int, ...] = (0, 101, 102, 103, 104)
    tuning_samples: int | None = None

    def tuning_material(self, whole: Material) -> Material:
        """The held-out samples as the test of the rest."""
        x, y = whole.train.x, whole.train.y
        known = slice(0, min(len(y) - self.held_out, self.tuning_samples or len(y)))
        unknown = slice(len(y) - self.held_out, None)
        return Material(Samples(x[known], y[known]), {"held out": Samples(x[unknown], y[unknown])})


def _whole(load: Callable[[Path | None], Dataset], data_dir: Path | None) -> Material:
    data = load(data_dir)
    return Material(Samples(data.x_train, data.y_train), {"": Samples(data.x_test, data.y_test)})


def _bearing(data_dir: Path | None) -> Material:
    """One test for each other load."""
    parts = {f"load {n}": bearing(data_dir, (n,)) for n in OTHER_LOADS}
    first = next(iter(parts.values()))
    tests = {name: Samples(part.x_test, part.y_test) for name, part in parts.items()}
    return Material(Samples(first.x_train, first.y_train), tests)


def _mlp(inputs: int, hidden: int, classes: int) -> Model:
    layers = [Dense(hidden, relu=True), Dense(classes)]
    return Model((1, 1, inputs), layers, input_exp=FEATURE_EXP)


def _lenet(name: str, load: Callable[[Path | None], Dataset]) -> Task:
    return Task(
        name,
        "LeNet-5",
        presets.lenet5,
        partial(_whole, load),
        epochs=1,
        held_out=10_000,
        start_rate=2.0**-7,
        seeds=(1, 2, 3),
        tuning_seeds=(0,),
        tuning_samples=20_000,
    )


TASKS = {
    task.name: task
    for task in (
        Task(
            "digits",
            "MLP 64-32-10",
            presets.digits,
            partial(_whole, lambda data_dir: digits()),
            epochs=20,
            held_out=347,
            start_rate=2.0**-5,
        ),
        Task(
            "activity",
            "MLP 30-64-6",
            partial(_mlp, 30, 64, 6),
            partial(_whole, activity),
            epochs=20,
            held_out=1901,  # the last five of the 21 subjects
            start_rate=2.0**-7,
        ),
        Task(
            "bearing",
            "MLP 32-64-9",
            partial(_mlp, 32, 64, 9),
            _bearing,
            epochs=20,
            held_out=321,  # the last 30 % of each recording at load 0
            start_rate=2.0**-7,
        ),
        _lenet("mnist", mnist),
        _lenet("fashion-mnist", fashion_mnist),
    )
}
