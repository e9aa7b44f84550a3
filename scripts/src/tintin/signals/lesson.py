# SPDX-License-Identifier: Apache-2.0
"""Samples of an application for the cost model, and a network that has learned a while."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from tintin.data import Dataset
from tintin.engine import Network
from tintin.signals.application import Application
from tintin.signals.own import own
from tintin.signals.pretrain import prepare, recordings_of
from tintin.signals.recordings import Recordings
from tintin.signals.synthetic import recordings as synthetic

RECORDED: Final = "recorded"
SYNTHETIC: Final = "synthetic"
LESSONS: Final = 2000  # samples that a network without training learns first


def chosen(application: Application, data: str, data_dir: Path | None) -> Recordings:
    """`recorded`, as `tintin pretrain` finds them, `synthetic`, or a file of the user's (.npz)."""
    if data == SYNTHETIC:
        return synthetic(application)
    if data == RECORDED:
        return recordings_of(application, data_dir, 1)
    return own(Path(data), application)


def new_samples(application: Application, recordings: Recordings) -> Dataset:
    """What the device is to meet stands where training samples stand; the latter are the test's."""
    s = prepare(application, recordings).samples
    x, y = s.vectors.features, s.label
    return Dataset(x[s.test], y[s.test], x[~s.test], y[~s.test])


def after_lessons(application: Application, start: bytes, samples: Dataset) -> bytes:
    """A record that has learned from the factory's samples."""
    order = np.random.RandomState(1).permutation(len(samples.y_test))[:LESSONS]
    network = Network(start)
    network.set_rate(application.training.life_rate)
    network.learn_many(samples.x_test[order], samples.y_test[order])
    return network.save()
