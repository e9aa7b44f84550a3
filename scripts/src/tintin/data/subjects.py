# SPDX-License-Identifier: Apache-2.0
"""Whose windows are whose in the activity data."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tintin.data.activity import ACTIVITIES, FILE, HOME, activity
from tintin.data.npz import arrays
from tintin.errors import DataError


class Subject(NamedTuple):
    """One person's windows as features int8 [N, 30]; `start` is each one's first reading."""

    number: int
    x: npt.NDArray[np.int8]
    y: npt.NDArray[np.uint16]
    start: npt.NDArray[np.int32]


def subjects(data_dir: Path | str | None = None) -> tuple[list[Subject], list[Subject]]:
    """The people who train and the people who test, of the official split. Raises DataError."""
    data = activity(data_dir)
    path = HOME.find(data_dir) / FILE
    found = arrays(path)
    if "user" not in found:
        raise DataError(f"{path}: no user in it")
    kept = found["y"] < ACTIVITIES
    start, user, split = (found[name][kept] for name in ("start", "user", "split"))
    halves = ((data.x_train, data.y_train, split == 0), (data.x_test, data.y_test, split == 1))
    first, second = (_people(x, y, start[half], user[half]) for x, y, half in halves)
    return first, second


def _people(
    x: npt.NDArray[np.int8],
    y: npt.NDArray[np.uint16],
    start: npt.NDArray[np.int32],
    user: npt.NDArray[np.uint8],
) -> list[Subject]:
    return [Subject(int(n), x[user == n], y[user == n], start[user == n]) for n in np.unique(user)]
