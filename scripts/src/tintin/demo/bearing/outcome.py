# SPDX-License-Identifier: Apache-2.0
"""What became of a monitor, wherever it ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tintin.learner import State


@dataclass(frozen=True)
class Look:
    """Accuracies by exam, shares of 1, after so many labelled windows."""

    labelled: int
    accuracy: dict[str, float]


@dataclass(frozen=True)
class Life:
    """`ends` are the looks when the device left the factory and after each meeting.

    The first and the last are of every exam, the others of what was met. `looks` are all that were
    taken, in order; `hits` the labelled windows that were predicted rightly before; `own` the
    accuracy of each exam just after it was met, of load 0 when the device left the factory.
    """

    looks: Sequence[Look]
    ends: Sequence[Look]
    hits: int
    own: dict[str, float]


@dataclass(frozen=True)
class Outcome:
    """A life, what the learner counted in it, and what was saved at its end.

    `again` are the last exams of a new process on what was saved.
    """

    life: Life
    learner: dict[str, int]
    state: State
    again: dict[str, float]
    measured: dict[str, Any]
