# SPDX-License-Identifier: Apache-2.0
"""A device that meets its classes a few at a time, examined on all of them after each task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tintin.errors import DataError
from tintin.lifelong import metrics
from tintin.link.board import Board
from tintin.link.readings import Readings
from tintin.link.session import Samples, examine, teach
from tintin.link.view import View
from tintin.training import sample_order


@dataclass(frozen=True)
class Task:
    """Some classes: what is learned of them, and what they are examined with."""

    classes: list[int]
    train: Samples
    test: Samples


def split(data: Readings, classes: int, seed: int) -> list[Task]:
    """Tasks of so many classes each, in the order of their numbers. Raises DataError."""
    present = np.unique(data.train.y)
    groups = [present[at : at + classes] for at in range(0, len(present), classes)]
    missing = np.setdiff1d(present, data.test.y)
    if missing.size:
        raise DataError(f"no test sample of class {missing[0]}: a task cannot be examined")
    return [_task(data, group, (seed, number)) for number, group in enumerate(groups, 1)]


def _task(data: Readings, group: npt.NDArray[Any], order: tuple[int, int]) -> Task:
    train, test = (s.ordered(np.flatnonzero(np.isin(s.y, group))) for s in (data.train, data.test))
    return Task(group.tolist(), train.ordered(sample_order(len(train), *order)), test)


def live(board: Board, tasks: list[Task], view: View) -> dict[str, Any]:
    """Close all classes, then learn task by task; accuracies are shares of 1."""
    board.close_classes()
    accuracy = np.zeros((len(tasks), len(tasks)))
    for i, task in enumerate(tasks):
        view.describe(f"classes {', '.join(map(str, task.classes))}")
        teach(board, task.train, view.see)
        with board.exam():
            accuracy[i] = [examine(board, other.test) for other in tasks]
    before = board.metrics()
    return {
        "samples": view.accuracy.total,
        "tasks": [task.classes for task in tasks],
        "accuracy": accuracy.round(6).tolist(),
        "average_accuracy": metrics.average_accuracy(accuracy),
        "forgetting": metrics.forgetting(accuracy),
        "prequential_accuracy": before["hits"] / max(before["labels"], 1),
        "learner": board.learner(),
    }
