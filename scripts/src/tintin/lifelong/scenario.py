# SPDX-License-Identifier: Apache-2.0
"""What happens to a device in its life: stages of samples, and exams that show what it knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from tintin.model import Model

NO_LABEL: Final = -1

Samples = npt.NDArray[np.int8]
Labels = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Stage:
    """A stretch of life: samples [n, length], the label each comes with, and its true class.

    `labels` has NO_LABEL where nobody says anything, and lies where somebody errs. `idle` is the
    number of learning steps from the buffer for which there is time afterwards.
    """

    name: str
    x: Samples
    labels: Labels
    truth: Labels
    idle: int = 0
    power_cycle: bool = False


@dataclass(frozen=True)
class Exam:
    """Samples that are never learned from."""

    name: str
    x: Samples
    y: Labels


@dataclass(frozen=True)
class Factory:
    """What the network learned before it was shipped: passes over samples, at a rate of their own.

    The last pass is halved in rate, and so is the one before. The first `remembered` samples then
    pass by the buffer; None: all.
    """

    x: Samples
    y: Labels
    passes: int
    rate: float
    remembered: int | None = None


@dataclass(frozen=True)
class Scenario:
    """One life, made from one seed.

    With a factory, its samples are the first task and the stages the later ones. `tasks` says that
    exam i belongs to task i, so that there is an accuracy matrix. With `new_classes` every class is
    closed until its first label. With `apart` every stage begins as the factory left the network:
    one device each.
    """

    name: str
    title: str
    model: Model
    stages: tuple[Stage, ...]
    exams: tuple[Exam, ...]
    factory: Factory | None = None
    tasks: bool = True
    new_classes: bool = False
    apart: bool = False


def stage(name: str, x: Samples, y: npt.ArrayLike, *, idle: int = 0) -> Stage:
    """A stage where every sample comes with its true label."""
    truth = np.asarray(y, np.int32)
    return Stage(name, x, truth, truth, idle)


def exam(name: str, x: Samples, y: npt.ArrayLike) -> Exam:
    """An exam."""
    return Exam(name, x, np.asarray(y, np.int32))
