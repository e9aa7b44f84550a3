# SPDX-License-Identifier: Apache-2.0
"""One network on one target, learned by one engine in the emulator: what it costs, and is it right.

A step is what a device does in the midst of its life: the network has learned some before
(instructions_networks.py), and the figures are means over STEPS further samples, the same ones for
every engine. What an engine ends with is held against the same steps on this computer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import float_c
from float_sgd import FloatNetwork
from instructions_networks import SEED, Case, Data
from results import Row
from tintin import record as records
from tintin.demo.bare import runner
from tintin.engine import Network

SUITE = "instructions"
STEPS = 32
TOLERANCE = 1e-3  # of a float weight, relative to the largest of its layer
TIMEOUT = 1800.0  # seconds

bare: Any = runner(Path(__file__).resolve().parents[1])
# Code of an M0 runs where there is memory for every network: bare.py says why it counts the same.
CORES = {
    "cortex-m0": "m0-mps2",
    "cortex-m3": "m3",
    "cortex-m4": "m4",
    "cortex-m55": "m55",
}
MODES = {8: "2 bytes a parameter", 4: "1.5 bytes a parameter", 0: "1 byte a parameter"}
PLAIN, SKIPPING = "plain", "zero errors skipped"
OURS, FLOAT = "tintin", "float32 C"
# How finely instructions are counted (bare.run): float steps are too long for the finer one.
SHIFTS = {OURS: 3, FLOAT: 1}

STEP, FORWARD = "instructions per training step", "instructions per forward pass"
RAM, ARENA, STACK, STATIC = (
    "RAM",
    "RAM of it arena",
    "RAM of it stack",
    "RAM of it static",
)
PROGRAM, RECORD = "flash program", "flash record"


class MeasureError(Exception):
    """Something ran, but not what it was said to be."""


@dataclass(frozen=True)
class Subject:
    """An engine and how it is set: a line of the tables."""

    engine: str
    method: str


SUBJECTS = (
    *(Subject(OURS, method) for method in MODES.values()),
    Subject(FLOAT, PLAIN),
    Subject(FLOAT, SKIPPING),
)


@dataclass(frozen=True)
class Lesson:
    """A case, what it starts from in each memory mode, and the samples to measure on."""

    case: Case
    data: str
    starts: dict[int, bytes]
    x: Any
    y: Any

    @classmethod
    def of(cls, case: Case, data: Data, steps: int = STEPS) -> Lesson:
        """Teach the network on this computer; then unseen samples follow."""
        name, samples = data
        starts = {bits: case.learned(samples, bits) for bits in MODES}
        return cls(case, name, starts, samples.x_test[:steps], samples.y_test[:steps])

    def start(self, subject: Subject) -> bytes:
        """The record that a subject begins with; float begins as the finest integers."""
        bits = {method: bits for bits, method in MODES.items()}
        return self.starts[bits.get(subject.method, max(MODES))]


def missing(core: str) -> str | None:
    """What this computer lacks to run a core's code, in one line."""
    reason: str | None = bare.missing(CORES[core])
    return reason


def measure(lesson: Lesson, core: str, subject: Subject) -> list[Row]:
    """Run it; the figures. Raises bare.BareError, MeasureError."""
    start, target = lesson.start(subject), CORES[core]
    lessons = [bare.learn(x, y) for x, y in zip(lesson.x, lesson.y, strict=True)]
    operations = [_rate(start), *lessons, *map(bare.predict, lesson.x)]
    if subject.engine == OURS:
        image, record = bare.build(target), start
    else:
        skip = subject.method == SKIPPING
        image, record = (
            float_c.build(bare, target, skip_zeros=skip),
            float_c.record(start),
        )
    job = bare.Job(record, operations)
    result = bare.run(image, job, timeout=TIMEOUT, shift=SHIFTS[subject.engine])
    _check(lesson, subject, result)
    return _rows(lesson, core, subject, result, len(record))


def _rate(start: bytes) -> Any:
    rate = records.read(start).model.rate
    return bare.rate(rate.mantissa, rate.shift)


def _check(lesson: Lesson, subject: Subject, result: Any) -> None:
    """Hold what was learned against this computer."""
    start = lesson.start(subject)
    if subject.engine == OURS:
        network = Network(start)
        network.learn_many(lesson.x, lesson.y)
        if network.save() != result.record:
            raise MeasureError(f"{lesson.case.name}: other bits than on this computer")
        return
    rate = records.read(start).model.rate
    yardstick = FloatNetwork(start)
    yardstick.learn_many(lesson.x, lesson.y, rate.mantissa / 8 * 2.0**-rate.shift)
    own = [w for w, _ in float_c.weights(result.record, start)]
    theirs = [w for w in yardstick.weights if w is not None]
    apart = max(np.abs(a - b).max() / np.abs(b).max() for a, b in zip(own, theirs, strict=True))
    if not apart < TOLERANCE:
        raise MeasureError(f"{lesson.case.name}: float weights are {apart:.2g} apart from SGD's")


def _rows(lesson: Lesson, core: str, subject: Subject, result: Any, record: int) -> list[Row]:
    figures: Sequence[tuple[str, float, str]] = (
        (STEP, round(result.instructions_per_step), "instructions"),
        (FORWARD, round(result.instructions_per_predict), "instructions"),
        (RAM, result.ram, "bytes"),
        (ARENA, result.arena, "bytes"),
        (STACK, result.stack, "bytes"),
        (STATIC, result.ram - result.arena - result.stack, "bytes"),
        (PROGRAM, result.flash, "bytes"),
        (RECORD, record, "bytes"),
    )
    method = f"{subject.method}, {lesson.data}"
    name = lesson.case.name
    return [
        Row(SUITE, name, subject.engine, method, metric, value, unit, [SEED], core)
        for metric, value, unit in figures
    ]
