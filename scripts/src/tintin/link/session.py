# SPDX-License-Identifier: Apache-2.0
"""Teaching and examining a learner sample by sample, whatever it runs on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Seen = Callable[[bool], None]
"""Called after each sample: was it predicted rightly?"""


class Learner(Protocol):
    """What a board, an emulated one and the engine on this computer have in common."""

    def predict(self, readings: Sequence[int]) -> int:
        """The class predicted for one window of readings."""

    def learn(self, readings: Sequence[int], label: int) -> int:
        """Learn from one labelled window; the class predicted before."""


@dataclass(frozen=True)
class Samples:
    """Windows of raw readings [N, length] and their classes [N]."""

    x: npt.NDArray[Any]
    y: npt.NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.y)

    def ordered(self, order: npt.NDArray[np.intp]) -> Samples:
        """The same in another order."""
        return Samples(self.x[order], self.y[order])


def teach(learner: Learner, samples: Samples, seen: Seen) -> int:
    """Learn from each sample once; how many had been predicted rightly before."""
    hits = 0
    for x, y in zip(samples.x, samples.y, strict=True):
        hit = learner.learn(x.tolist(), int(y)) == y
        hits += bool(hit)
        seen(bool(hit))
    return hits


def examine(learner: Learner, samples: Samples, seen: Seen = lambda hit: None) -> float:
    """Share of samples predicted rightly; nothing is learned."""
    hits = 0
    for x, y in zip(samples.x, samples.y, strict=True):
        hit = learner.predict(x.tolist()) == y
        hits += bool(hit)
        seen(bool(hit))
    return hits / len(samples)
