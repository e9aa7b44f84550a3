# SPDX-License-Identifier: Apache-2.0
"""Recordings of the user's own: NAME.npz with readings, offset, y, domain and test."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tintin.data.npz import arrays
from tintin.errors import DataError
from tintin.signals.application import Application
from tintin.signals.recordings import Recordings

NEEDED: Final = ("readings", "offset", "y", "domain", "test")


def own(path: Path, application: Application) -> Recordings:
    """Of a file as doc/signals.md describes it. Raises DataError for one that does not fit."""
    found = arrays(path)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise DataError(f"{path}: no {missing[0]} in it; it takes {', '.join(NEEDED)}")
    readings, offset, y, domain, test = (found[name] for name in NEEDED)
    channels = application.description.channels
    if readings.dtype != np.int16 or readings.ndim != 2 or readings.shape[1] != channels:
        raise DataError(f"{path}: readings are int16 [N, {channels}], not {_said(readings)}")
    if not _whole(offset) or len(offset) < 2 or offset[0] != 0 or offset[-1] != len(readings):
        raise DataError(f"{path}: offset goes from 0 to {len(readings)}, in whole numbers")
    n = len(offset) - 1
    if (np.diff(offset) <= 0).any() or any(part.shape != (n,) for part in (y, domain, test)):
        raise DataError(f"{path}: offset rises, and y, domain and test have {n} values each")
    for name, part in (("y", y), ("domain", domain), ("test", test)):
        if not _whole(part):
            raise DataError(f"{path}: {name} is whole numbers, not {_said(part)}")
    if y.min() < 0 or y.max() >= len(application.classes):
        raise DataError(f"{path}: y is of 0..{len(application.classes) - 1}")
    if test.all():
        raise DataError(f"{path}: test is true of every recording: nothing to learn from")
    if not test.any():
        raise DataError(f"{path}: test is true of no recording: nothing to test with")
    return Recordings(
        [np.ascontiguousarray(readings[a:b]) for a, b in pairwise(offset.astype(np.int64))],
        y.astype(np.uint16),
        domain.astype(np.int64),
        test.astype(bool),
        path.name,
    )


def _whole(x: npt.NDArray[Any]) -> bool:
    """A row of whole numbers, whatever they are stored as?"""
    return x.ndim == 1 and (
        x.dtype.kind in "biu" or (x.dtype.kind == "f" and bool((x == np.rint(x)).all()))
    )


def _said(x: npt.NDArray[Any]) -> str:
    return f"{x.dtype} {list(x.shape)}"
