# SPDX-License-Identifier: Apache-2.0
"""Who lives through a scenario: the learner of the device, or its float twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from tintin.errors import InputError
from tintin.learner import METHODS
from tintin.lifelong.scenario import Labels, Samples

INTEGER = "int8"
FLOAT = "float32"
ARITHMETICS = (INTEGER, FLOAT)
REPLAYED = ("replay", "latent")  # methods that learn from their buffer
FROZEN_BELOW = ("latent", "last_layer", "ncm")  # methods whose lower layers do not learn


class Happening(NamedTuple):
    """Something that the learner said of itself, and after how many samples."""

    kind: str
    what: str
    observed: int


@dataclass(frozen=True)
class Setup:
    """How to learn.

    `guard` and `drift` switch the held-out samples and the monitors. The float twin has neither
    rollbacks nor alarms, but holds the same samples out. `rate`, `idle` (steps after a stage) and
    `remembered` (the factory's samples that pass by the buffer) are the scenario's own where they
    are None. `guard` None: where samples are replayed; any other method forgets by its nature,
    and a guard would undo each new class.
    """

    method: str
    arithmetic: str = INTEGER
    guard: bool | None = None
    drift: bool = True
    rate: float | None = None
    replays: int = 7
    slots: int = 200
    share: int = 4
    remembered: int | None = None
    idle: int | None = None

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise InputError(f"method {self.method}: must be one of {', '.join(METHODS)}")
        if self.arithmetic not in ARITHMETICS:
            raise InputError(
                f"arithmetic {self.arithmetic}: must be one of {', '.join(ARITHMETICS)}"
            )

    @property
    def held_share(self) -> int:
        """One in so many samples of a class is held out; 0: none."""
        return self.share if self.guarded else 0

    @property
    def guarded(self) -> bool:
        """Is there a guard?"""
        return self.method in REPLAYED if self.guard is None else self.guard


class Agent(Protocol):
    """A network that learns for as long as it lives."""

    @property
    def memory_bytes(self) -> int:
        """Of the learner beside the network, buffer included."""

    @property
    def steps(self) -> int:
        """Learning steps so far."""

    def remember(self, x: Samples, y: Labels) -> None:
        """Let samples pass by the buffer."""

    def stream(self, x: Samples, labels: Labels) -> npt.NDArray[np.uint16]:
        """Live through samples; the predictions were made before learning."""

    def idle(self, steps: int) -> None:
        """Learn from the buffer."""

    def settle(self) -> None:
        """Come to an end of what is under way."""

    def power_cycle(self) -> None:
        """Save, forget everything, and go on from what was saved."""

    def predict_many(self, x: Samples) -> npt.NDArray[np.uint16]:
        """Classes of samples; nothing is learned."""

    def happenings(self) -> list[Happening]:
        """What happened since the last call."""
