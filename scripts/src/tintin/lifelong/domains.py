# SPDX-License-Identifier: Apache-2.0
"""The same classes in a world that changes: another motor load, an ageing sensor, another person.

A factory teaches the network the first domain; the device then meets the others one by one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from tintin.data import FEATURE_EXP, bearing
from tintin.data.activity import ACTIVITIES, WINDOW
from tintin.data.bearing import OTHER_LOADS
from tintin.data.gas import GASES, gas_drift
from tintin.data.subjects import Subject, subjects
from tintin.lifelong.scenario import Exam, Factory, Scenario, Stage, exam, stage
from tintin.model import Dense, Model
from tintin.rate import Rate

FAULTS = 9
HIDDEN = 64
TRAIN_SHARE = 0.7
LABELS_A_LOAD = 20
REMEMBERED = 60  # of the factory's samples: the buffer is for what the device meets itself
LABELS_AN_ACTIVITY = 5

Rows = npt.NDArray[np.intp]


def bearing_loads(data_dir: Path | None, seed: int) -> Scenario:
    """Load 0 in the factory; then at loads 1, 2 and 3 twenty labelled windows each.

    The labelled ones are of the first 70 % of each recording, as even over the faults as twenty
    can be; the last 30 % are the exam.
    """
    rs = np.random.RandomState([seed, 11])
    parts = [bearing(data_dir, (load,)) for load in OTHER_LOADS]
    first = parts[0]
    shipped = _early(first.y_train, TRAIN_SHARE)  # all of load 0 stands in x_train
    stages, exams = [], [exam("load 0", first.x_train[~shipped], first.y_train[~shipped])]
    for load, part in zip(OTHER_LOADS, parts, strict=True):
        early = _early(part.y_test, TRAIN_SHARE)
        rows = _some_of_each(part.y_test, early, LABELS_A_LOAD, rs)
        stages.append(stage(f"load {load}", part.x_test[rows], part.y_test[rows], idle=400))
        exams.append(exam(f"load {load}", part.x_test[~early], part.y_test[~early]))
    taught = rs.permutation(np.flatnonzero(shipped))
    x, y = first.x_train[taught], first.y_train[taught].astype(np.int32)
    return Scenario(
        name="bearing",
        title="bearing faults at load 0, then 20 labelled windows at each of loads 1, 2, 3",
        model=_mlp(first.x_train.shape[1], FAULTS, 2**-6),
        stages=tuple(stages),
        exams=tuple(exams),
        factory=Factory(x, y, 20, 2**-6, REMEMBERED),
    )


def gas_batches(data_dir: Path | None, seed: int) -> Scenario:
    """Batch 1 in the factory; then every batch in order, each sample tested and then learned.

    Within a batch the order is drawn from the seed: in the file, gases come in long runs, which
    a learner need only repeat. Three in ten of a batch are its exam and never learned.
    """
    rs = np.random.RandomState([seed, 13])
    batches = gas_drift(data_dir)
    stages, exams = [], []
    for batch in batches:
        order = rs.permutation(len(batch.y))
        cut = int(len(order) * TRAIN_SHARE)
        seen, kept = order[:cut], order[cut:]
        stages.append(stage(f"batch {batch.number}", batch.x[seen], batch.y[seen]))
        exams.append(exam(f"batch {batch.number}", batch.x[kept], batch.y[kept]))
    factory = Factory(stages[0].x, stages[0].truth, 30, 2**-7)
    return Scenario(
        name="gas_drift",
        title="gases by an ageing sensor: batch 1 in the factory, then test and learn in order",
        model=_mlp(batches[0].x.shape[1], GASES, 2**-7),
        stages=tuple(stages[1:]),
        exams=tuple(exams),
        factory=factory,
    )


def new_people(data_dir: Path | None, seed: int, *, apart: bool) -> Scenario:
    """21 people in the factory; then 9 others, each with five labelled windows an activity.

    One device that is handed on from one to the next, or (apart) a new one each.
    The exam of a person is what does not overlap the labelled windows; that of the factory is a
    tenth of its windows.
    """
    rs = np.random.RandomState([seed, 17])
    known, others = subjects(data_dir)
    x, y = (np.concatenate(part) for part in zip(*((p.x, p.y) for p in known), strict=True))
    order = rs.permutation(len(y))
    kept, shipped = order[: len(y) // 10], order[len(y) // 10 :]
    how = "each with a new device" if apart else "one after another"
    lives = [_person(person, rs) for person in others]
    return Scenario(
        name="new_person" if apart else "people",
        title=f"activities: 21 people in the factory, then 9 new ones, {how}; 5 labels an activity",
        model=_mlp(x.shape[1], ACTIVITIES, 2**-6),
        stages=tuple(life for life, _ in lives),
        exams=(exam("21 people", x[kept], y[kept]), *(examined for _, examined in lives)),
        factory=Factory(x[shipped], y[shipped].astype(np.int32), 10, 2**-7, remembered=0),
        apart=apart,
    )


def _person(person: Subject, rs: np.random.RandomState) -> tuple[Stage, Exam]:
    everything = np.ones(len(person.y), np.bool_)
    labels = LABELS_AN_ACTIVITY * len(np.unique(person.y))
    rows = _some_of_each(person.y, everything, labels, rs)
    distance = np.abs(person.start[:, None] - person.start[None, rows]).min(axis=1)
    kept = distance >= WINDOW
    name = f"person {person.number}"
    return (
        stage(name, person.x[rows], person.y[rows], idle=400),
        exam(name, person.x[kept], person.y[kept]),
    )


def _mlp(inputs: int, classes: int, rate: float) -> Model:
    layers = [Dense(HIDDEN, relu=True), Dense(classes)]
    return Model((1, 1, inputs), layers, input_exp=FEATURE_EXP, rate=Rate.of(rate))


def _early(y: npt.NDArray[np.uint16], share: float) -> npt.NDArray[np.bool_]:
    """The first part of each class's samples, in the order of time."""
    early = np.zeros(len(y), np.bool_)
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        early[rows[: int(len(rows) * share)]] = True
    return early


def _some_of_each(
    y: npt.NDArray[np.uint16], allowed: npt.NDArray[np.bool_], n: int, rs: np.random.RandomState
) -> Rows:
    """Rows of n samples in random order, as many of one class as of another, give or take one."""
    classes = rs.permutation(np.unique(y))
    share, more = divmod(n, len(classes))
    picked = [
        rs.permutation(np.flatnonzero(allowed & (y == label)))[: share + (i < more)]
        for i, label in enumerate(classes)
    ]
    return rs.permutation(np.concatenate(picked))
