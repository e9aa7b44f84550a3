# SPDX-License-Identifier: Apache-2.0
"""What became of a monitor, wherever it ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Look:
    """Accuracy on every exam, shares of 1, after so many labelled windows."""

    labelled: int
    accuracy: tuple[float, ...]


@dataclass(frozen=True)
class Outcome:
    """`ends` are the looks when the device left the factory and after each meeting.

    `looks` are all of them, in order; `events` what the learner said, by kind; `ram` is in bytes
    by part; `record` is the network at the end.
    """

    looks: Sequence[Look]
    ends: Sequence[Look]
    hits: int
    events: dict[str, int]
    record: bytes
    ram: dict[str, int] = field(default_factory=dict)
