# SPDX-License-Identifier: Apache-2.0
"""What the monitor goes through, in raw windows, so that any place can take it.

The factory teaches nine classes at load 0; the tenth, a fault, is closed. Then the machine runs at
loads 1, 2 and 3, where somebody labels twenty windows each, and at load 3 the new fault begins.
Windows that are labelled are of the first two thirds of each recording, exams of the last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from tintin.link.session import Samples
from tintin.signals import simulated
from tintin.signals.application import Application, load
from tintin.signals.machine import LOADS
from tintin.signals.pretrain import prepare, train
from tintin.signals.recordings import Recordings

NEW_FAULT: Final = "outer-2"
LABELS_A_LOAD: Final = 20
LABELS_OF_THE_FAULT: Final = 10
REMEMBERED: Final = 60  # of the factory's windows: the buffer is for what the device meets itself
IDLE: Final = 400  # steps from the buffer that there is time for after each meeting
EARLY: Final = simulated.WINDOWS * 2 // 3

Windows = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Part:
    """Windows under a name: to be met and learned from, or an exam."""

    name: str
    samples: Samples


@dataclass(frozen=True)
class Course:
    """A device as it leaves the factory, and its life. `closed` is the class of the new fault."""

    application: Application
    record: bytes
    centres: bytes
    closed: int
    remembered: Samples
    meetings: tuple[Part, ...]
    exams: tuple[Part, ...]
    seed: int
    idle: int = IDLE

    @property
    def total(self) -> int:
        """Labelled windows."""
        return sum(len(part.samples) for part in self.meetings)


def bearing_course(seed: int, progress: Callable[[int], None] = lambda passes: None) -> Course:
    """Readings of the model of a machine, and a network taught with those of load 0."""
    application = load("bearing")
    new = application.classes.index(NEW_FAULT)
    whole = simulated.bearing(seed)
    early = [readings[: EARLY * simulated.WINDOW] for readings in whole.readings]
    shown = replace(whole, readings=early, test=whole.test | (whole.label == new))
    prepared = prepare(application, shown)
    record = train(application, prepared, seed, progress).record
    return Course(
        application, record, prepared.centres, new, *_life(_Machine(whole, new), seed), seed
    )


@dataclass(frozen=True)
class _Machine:
    """Windows by load and class."""

    recordings: Recordings
    new: int

    @property
    def known(self) -> list[int]:
        return [c for c in range(int(self.recordings.label.max()) + 1) if c != self.new]

    def windows(self, load: int, label: int) -> Windows:
        kept = (self.recordings.domain == load) & (self.recordings.label == label)
        (row,) = np.flatnonzero(kept)
        return self.recordings.readings[row].reshape(-1, simulated.WINDOW)

    def exam(self, name: str, load: int, labels: Sequence[int]) -> Part:
        parts = [self.windows(load, label)[EARLY:] for label in labels]
        return Part(name, _samples(parts, labels))

    def some(self, load: int, labels: Sequence[int], n: int, rng: np.random.Generator) -> Samples:
        """n early windows in random order, as even over the classes as can be."""
        order = rng.permutation(labels).tolist()
        counts = [len(part) for part in np.array_split(np.arange(n), len(order))]
        parts = [
            rng.permutation(self.windows(load, label)[:EARLY])[:count]
            for label, count in zip(order, counts, strict=True)
        ]
        return _samples(parts, order).ordered(rng.permutation(n))


def _life(machine: _Machine, seed: int) -> tuple[Samples, tuple[Part, ...], tuple[Part, ...]]:
    rng = np.random.default_rng([seed, 5])
    known, first, *others = machine.known, *LOADS
    remembered = machine.some(first, known, REMEMBERED, rng)
    meetings = [
        Part(f"load {load}", machine.some(load, known, LABELS_A_LOAD, rng)) for load in others
    ]
    fault = machine.some(others[-1], [machine.new], LABELS_OF_THE_FAULT, rng)
    exams = [machine.exam(f"load {load}", load, known) for load in LOADS]
    return (
        remembered,
        (*meetings, Part(NEW_FAULT, fault)),
        (*exams, machine.exam(NEW_FAULT, others[-1], [machine.new])),
    )


def _samples(parts: Sequence[Windows], labels: Sequence[int]) -> Samples:
    y = np.repeat(np.array(labels, np.uint16), [len(part) for part in parts])
    return Samples(np.concatenate(parts), y)
