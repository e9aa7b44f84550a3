# SPDX-License-Identifier: Apache-2.0
"""New classes, two at a time: what was learned first is not seen again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tintin.data import Dataset
from tintin.lifelong.scenario import Exam, Labels, Scenario, Stage, exam, stage
from tintin.model import Dense, Model
from tintin.rate import Rate

PER_TASK = 2


@dataclass(frozen=True)
class Course:
    """The network, its rate, and how many samples a task has (None: all there are)."""

    hidden: int
    rate: float
    samples: int | None = None


def class_incremental(name: str, data: Dataset, course: Course, seed: int) -> Scenario:
    """Training samples once each, their classes in an order drawn from the seed."""
    rs = np.random.RandomState([seed, 5])
    classes = rs.permutation(data.classes).astype(np.int32)
    groups = classes.reshape(-1, PER_TASK)
    width = data.x_train.shape[1]
    side = int(width**0.5)
    layers = [Dense(course.hidden, relu=True), Dense(data.classes)]
    return Scenario(
        name=name,
        title=f"{name}: {len(groups)} tasks of {PER_TASK} new classes, one pass",
        model=Model((side, side, 1), layers, rate=Rate.of(course.rate)),
        stages=tuple(
            _stage(data, number, group, rs, course.samples)
            for number, group in enumerate(groups, 1)
        ),
        exams=tuple(_exam(data, number, group) for number, group in enumerate(groups, 1)),
        new_classes=True,
    )


def _stage(
    data: Dataset, number: int, group: Labels, rs: np.random.RandomState, samples: int | None
) -> Stage:
    rows = rs.permutation(np.flatnonzero(np.isin(data.y_train, group)))[:samples]
    return stage(f"task {number}", data.x_train[rows], data.y_train[rows])


def _exam(data: Dataset, number: int, group: Labels) -> Exam:
    rows = np.isin(data.y_test, group)
    return exam(f"task {number}", data.x_test[rows], data.y_test[rows])
