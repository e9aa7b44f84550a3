# SPDX-License-Identifier: Apache-2.0
"""HAPT (UCI): acc_expNN_userNN.txt, gyro_expNN_userNN.txt, labels.txt and subject_id_test.txt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tintin.data.public.archive import Originals
from tintin.data.public.contents import Arrays
from tintin.errors import DataError

ACC_UNIT = 720  # of a g
GYRO_UNIT = 2048  # of a rad/s
WINDOW = 128
HOP = 64
ACTIVITIES = 6

Ints = npt.NDArray[np.int64]


def convert(files: Originals) -> Arrays:
    """Signals of all experiments one after another, and the windows of their segments.

    Windows of an activity overlap by half within each labelled segment; a transition has one,
    centred on it.
    """
    testers = {int(word) for word in files.read("subject_id_test.txt").split()}
    found = files.matching(r"acc_exp(\d+)_user(\d+)\.txt")
    if not found:
        raise DataError(f"{files.where}: no acc_expNN_userNN.txt in it")
    signals = [_signals(files, match[0]) for match in found]
    length = [len(signal) for signal in signals]
    offset = np.cumsum([0, *length[:-1]])
    begins = {int(match[1]): int(at) for match, at in zip(found, offset, strict=True)}
    sizes = {int(match[1]): size for match, size in zip(found, length, strict=True)}
    segments = np.array(files.read("labels.txt").split(), np.int32).reshape(-1, 5)
    rows = [
        (begins[exp] + at, kind - 1, user)
        for exp, user, kind, first, last in segments.tolist()
        for at in _windows(kind, first, last, sizes[exp])
    ]
    start, y, user = np.array(rows).T
    return {
        "sig": np.concatenate(signals),
        "start": start.astype(np.int32),
        "y": y.astype(np.uint8),
        "user": user.astype(np.uint8),
        "split": np.isin(user, list(testers)).astype(np.uint8),
        "segments": segments,
    }


def _signals(files: Originals, name: str) -> npt.NDArray[np.int16]:
    acc = _table(files.read(name))
    gyro = _table(files.read(name.replace("acc_exp", "gyro_exp")))
    return np.rint(np.hstack([acc * ACC_UNIT, gyro * GYRO_UNIT])).astype(np.int16)


def _table(text: bytes) -> npt.NDArray[np.float64]:
    return np.array(text.split(), np.float64).reshape(-1, 3)


def _windows(kind: int, first: int, last: int, size: int) -> list[int]:
    """Where the windows of a segment begin; it is given from 1 on, its end included."""
    if kind <= ACTIVITIES:
        return list(range(first - 1, last - WINDOW + 1, HOP))
    middle = (first - 1 + last) // 2 - WINDOW // 2
    return [min(max(middle, 0), size - WINDOW)]
