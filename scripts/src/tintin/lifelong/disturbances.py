# SPDX-License-Identifier: Apache-2.0
"""What goes wrong in a life: people who mislabel, a world that changes and changes back, silence.

All on the digits, which every computer with scikit-learn has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tintin.data import Dataset
from tintin.lifelong.scenario import (
    NO_LABEL,
    Factory,
    Samples,
    Scenario,
    Stage,
    exam,
    stage,
)
from tintin.model import Dense, Model
from tintin.rate import Rate

NOISE = 0.4
RATE = 2.0**-5
SHIPPED = 400  # samples that the factory had
PASSES = 12
SILENT_VISITS = 3


def label_noise(data: Dataset, seed: int) -> Scenario:
    """Right labels, then four in ten wrong, then right ones again."""
    rs = np.random.RandomState([seed, 19])
    good, bad, again = _parts(data, rs, 3)
    wrong = bad.truth.copy()
    lies = rs.rand(len(wrong)) < NOISE
    wrong[lies] = (wrong[lies] + rs.randint(1, data.classes, lies.sum())) % data.classes
    stages = (
        replace(good, name="right labels"),
        replace(bad, name=f"{NOISE:.0%} wrong", labels=wrong),
        replace(again, name="right again"),
    )
    return _scenario(
        "label_noise", "digits with right labels, 40 % wrong, right again", data, stages
    )


def recurring_drift(data: Dataset, seed: int) -> Scenario:
    """The camera is dirty, clean, dirty, clean: an offset and less contrast that come and go."""
    rs = np.random.RandomState([seed, 23])
    stages = [
        replace(part, name=f"dirty {i // 2 + 1}", x=_dirty(part.x))
        if i % 2 == 0
        else replace(part, name=f"clean {i // 2 + 1}")
        for i, part in enumerate(_parts(data, rs, 4))
    ]
    made = _scenario(
        "recurring_drift", "digits through a lens that is dirty, clean, dirty, clean", data, stages
    )
    dirty = exam("dirty", _dirty(data.x_test), data.y_test)
    return replace(made, exams=(replace(made.exams[0], name="clean"), dirty))


def long_silence(data: Dataset, seed: int) -> Scenario:
    """Labels, then a long time without any, with idle time and power cuts, then labels again."""
    rs = np.random.RandomState([seed, 29])
    before, *silent, after = _parts(data, rs, SILENT_VISITS + 2)
    quiet = [
        replace(
            part,
            name=f"silence {i + 1}",
            labels=np.full(len(part.truth), NO_LABEL, np.int32),
            idle=500,
            power_cycle=True,
        )
        for i, part in enumerate(silent)
    ]
    stages = [replace(before, name="labels"), *quiet, replace(after, name="labels again")]
    return _scenario(
        "long_silence", "digits with labels, a long silence, labels again", data, stages
    )


def _parts(data: Dataset, rs: np.random.RandomState, n: int) -> list[Stage]:
    """Stages of the samples that the factory did not have."""
    rows = rs.permutation(np.arange(SHIPPED, len(data.y_train)))
    return [
        stage(f"part {i}", data.x_train[part], data.y_train[part])
        for i, part in enumerate(np.array_split(rows, n))
    ]


def _dirty(x: Samples) -> Samples:
    """Half the contrast on a brighter ground, and the right half of each image shaded."""
    images = x.astype(np.int32).reshape(-1, 8, 8) // 2 + 30
    images[:, :, 4:] -= 20
    dirty: Samples = images.clip(-127, 127).reshape(len(x), -1).astype(np.int8)
    return dirty


def _scenario(name: str, title: str, data: Dataset, stages: Sequence[Stage]) -> Scenario:
    x, y = data.x_train[:SHIPPED], data.y_train[:SHIPPED].astype(np.int32)
    layers = [Dense(32, relu=True), Dense(data.classes)]
    return Scenario(
        name=name,
        title=title,
        model=Model((8, 8, 1), layers, rate=Rate.of(RATE)),
        stages=tuple(stages),
        exams=(exam("digits", data.x_test, data.y_test),),
        factory=Factory(x, y, PASSES, RATE),
        tasks=False,
    )
