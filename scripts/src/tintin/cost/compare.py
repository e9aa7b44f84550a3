# SPDX-License-Identifier: Apache-2.0
"""What the memory modes learn: from the same int8 weights, the same samples in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tintin import record as records
from tintin.cost.modes import Mode, modes
from tintin.data import Dataset
from tintin.engine import Network, Train
from tintin.fractions import with_fraction_bits
from tintin.rate import Rate
from tintin.training import Epoch, train


@dataclass(frozen=True)
class Course:
    """How to train: passes, the seed of the samples' order, layers, mini-batch, rate."""

    epochs: int
    seed: int = 1
    layers: Train = "all"
    batch_log2: int = 0
    rate: Rate | float | None = None


@dataclass(frozen=True)
class Learned:
    """One mode and its passes."""

    mode: Mode
    epochs: tuple[Epoch, ...]

    @property
    def test_accuracy(self) -> float:
        """Share of the test set after the last pass."""
        return self.epochs[-1].test_accuracy


def compare_modes(
    start: bytes,
    data: Dataset,
    course: Course,
    progress: Callable[[int, float], None] = lambda samples, running: None,
) -> Iterator[Learned]:
    """Train a record in each mode, the most exact first, as the iterator is drawn from."""
    record = records.read(start)
    for mode in modes(start, course.layers, course.batch_log2):
        network = Network(
            records.pack(with_fraction_bits(record, mode.fraction_bits)),
            train=course.layers,
            batch_log2=course.batch_log2,
        )
        if course.rate is not None:
            network.set_rate(course.rate)
        passes = train(network, data, course.epochs, course.seed, progress)
        yield Learned(mode, tuple(passes))
