# SPDX-License-Identifier: Apache-2.0
"""Energy of a device's day: windows that it looks at, labels that it learns from, sleep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tintin.cost.energy import CYCLES, Board
from tintin.engine import LayerInfo
from tintin.errors import ModelError

DAY = 86400.0  # seconds
# Instructions of float32 SGD in plain C for one multiply-accumulate, forward or backward, as
# benchmarks/instructions.py and signals_cost.py count: without an FPU 52 to 84 on an M3, since a
# product with a zero is quicker; with one on M4 and M55.
FLOAT_PER_MAC = {"cortex-m0": 150.0, "cortex-m3": 68.0, "cortex-m4": 6.2, "cortex-m55": 5.2}


@dataclass(frozen=True)
class Work:
    """Instructions: of a window's front ends, a prediction, and a learning step."""

    front_ends: float
    predict: float
    learn: float

    @property
    def inference(self) -> float:
        """From readings to a class."""
        return self.front_ends + self.predict


@dataclass(frozen=True)
class Schedule:
    """A day: windows an hour, labels a day, and learning steps for each label."""

    windows_per_hour: float
    labels_per_day: float
    steps_per_label: int


@dataclass(frozen=True)
class Day:
    """Joules of a day by what they are for, and the share of it that the core computes."""

    inference: float
    learning: float
    sleep: float
    awake: float

    @property
    def joules(self) -> float:
        """All."""
        return self.inference + self.learning + self.sleep

    def microamps(self, board: Board) -> float:
        """The mean current."""
        return self.joules / DAY / board.volts * 1e6

    def days(self, board: Board, milliamp_hours: float) -> float:
        """How long a battery lasts at this."""
        return milliamp_hours * 1000 / self.microamps(board) / 24


def microjoules(board: Board, instructions: float) -> float:
    """Of instructions on a board."""
    return instructions * board.nanojoules / 1000


def day(board: Board, work: Work, schedule: Schedule) -> Day:
    """A day by this schedule. Raises ModelError where a day is too short for it."""
    seen = schedule.windows_per_hour * 24 * work.inference
    learned = schedule.labels_per_day * schedule.steps_per_label * work.learn
    awake = (seen + learned) * CYCLES / (board.megahertz * 1e6) / DAY
    if awake > 1:
        raise ModelError(
            f"{awake:.1f} days of computing a day at {board.megahertz:g} MHz: "
            "fewer windows or labels"
        )
    asleep = board.sleep_microamps * 1e-6 * board.volts * DAY * (1 - awake)
    return Day(microjoules(board, seen) / 1e6, microjoules(board, learned) / 1e6, asleep, awake)


def float_step(target: str, layers: Sequence[LayerInfo]) -> float:
    """Instructions of the same step in float32: an estimate, right to a third."""
    return FLOAT_PER_MAC[target] * sum(layer.macs + layer.macs_backward for layer in layers)
