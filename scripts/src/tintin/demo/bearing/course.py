# SPDX-License-Identifier: Apache-2.0
"""What the monitor goes through, in raw windows, so that any place can take it.

The factory teaches nine classes at load 0; the tenth, a fault, is closed. It shows the device five
windows of each, which fill its buffer. Then the machine runs at loads 1, 2 and 3, where somebody
labels three of each, and at load 3 the new fault begins. Windows that are labelled are of the
first two thirds of each recording, exams of the last.

Buffer and exams are those of the firmware: 64 KB hold two saves beside all else, and a window takes
a tenth of a second of its serial port.
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
from tintin.signals.pipeline import Description
from tintin.signals.pretrain import prepare, train
from tintin.signals.recordings import Recordings

NEW_FAULT: Final = "outer-2"
LABELS_A_LOAD: Final = 27
LABELS_OF_THE_FAULT: Final = 10
OF_THE_FACTORY: Final = 45
RESTS: Final = 13  # times to learn from the buffer after each meeting: 16 steps each
EARLY: Final = simulated.WINDOWS * 2 // 3
EXAMINED: Final = 3  # one window in so many of the last third
SLOTS: Final = 48  # of the learner's buffer

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
    factory: Samples
    meetings: tuple[Part, ...]
    exams: tuple[Part, ...]
    seed: int
    rests: int = RESTS

    @property
    def description(self) -> Description:
        """Of the front ends."""
        return self.application.description

    def exams_after(self, met: Part) -> tuple[Part, ...]:
        """That of what was met; at the end all."""
        if met is self.meetings[-1]:
            return self.exams
        return tuple(exam for exam in self.exams if exam.name == met.name)

    @property
    def latest(self) -> tuple[Part, ...]:
        """Exams of what was met last: they are sat once more after a power cycle."""
        return self.exams[-2:]

    @property
    def total(self) -> int:
        """Labelled windows."""
        return sum(len(part.samples) for part in self.meetings)


def bearing_course(seed: int, progress: Callable[[int], None] = lambda passes: None) -> Course:
    """Readings of the model of a machine, and a network taught with those of load 0."""
    application = lifelong(load("bearing"))
    new = application.classes.index(NEW_FAULT)
    whole = simulated.bearing(seed)
    early = [readings[: EARLY * simulated.WINDOW] for readings in whole.readings]
    shown = replace(whole, readings=early, test=whole.test | (whole.label == new))
    prepared = prepare(application, shown)
    record = train(application, prepared, seed, progress).record
    return Course(
        application, record, prepared.centres, new, *_life(_Machine(whole, new), seed), seed
    )


def lifelong(application: Application) -> Application:
    """The application on a device with a replay buffer, a drift monitor and a guard."""
    device = replace(application.device, slots=SLOTS, drift=True, guard=True)
    return replace(application, device=device)


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
        parts = [self.windows(load, label)[EARLY::EXAMINED] for label in labels]
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
    factory = machine.some(first, known, OF_THE_FACTORY, rng)
    meetings = [
        Part(f"load {load}", machine.some(load, known, LABELS_A_LOAD, rng)) for load in others
    ]
    fault = machine.some(others[-1], [machine.new], LABELS_OF_THE_FAULT, rng)
    exams = [machine.exam(f"load {load}", load, known) for load in LOADS]
    return (
        factory,
        (*meetings, Part(NEW_FAULT, fault)),
        (*exams, machine.exam(NEW_FAULT, others[-1], [machine.new])),
    )


def _samples(parts: Sequence[Windows], labels: Sequence[int]) -> Samples:
    y = np.repeat(np.array(labels, np.uint16), [len(part) for part in parts])
    return Samples(np.concatenate(parts), y)
