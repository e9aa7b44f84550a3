# SPDX-License-Identifier: Apache-2.0
"""What a person does, from a phone at the waist: the raw signals of HAPT (UCI), 50 Hz.

Six activities; 21 subjects train and 9 others test (the official split). A window is 128
readings of six channels (accelerometer, gyroscope); its 30 features are integers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tintin.data.centring import Centring
from tintin.data.dataset import Dataset
from tintin.data.npz import arrays
from tintin.data.places import Home, Origin
from tintin.errors import DataError

FILE = "hapt_raw.npz"
ORIGIN = Origin(
    *("activity", "anas337/Human-Activity-Recognition-Using-Smartphones"),
    "df9773951f723fa944ac05e92eefb0a03b0c45f1",
)
HOME = Home("HAPT", ("hapt_raw",), FILE, FILE, origin=ORIGIN)
WINDOW = 128
ACTIVITIES = 6  # the classes behind are the transitions between them


def activity(data_dir: Path | str | None = None) -> Dataset:
    """7415 and 2996 windows as int8 [N, 30], in the order of the subjects. Raises DataError."""
    path = HOME.find(data_dir) / FILE
    found = arrays(path)
    missing = {"sig", "start", "y", "split"} - set(found)
    if missing:
        raise DataError(f"{path}: no {min(missing)} in it")
    kept = found["y"] < ACTIVITIES
    start, y, split = (found[name][kept] for name in ("start", "y", "split"))
    values = features(found["sig"][start[:, None] + np.arange(WINDOW)])
    train, test = split == 0, split == 1
    centre = Centring.of(values[train])
    y = y.astype(np.uint16)
    return Dataset(centre(values[train]), y[train], centre(values[test]), y[test])


def features(windows: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Windows int16 [N, readings, channels] to [N, 5 * channels], in integers throughout.

    Mean, standard deviation, minimum, maximum and mean absolute difference, rounded down.
    """
    x = windows.astype(np.int64)
    n = x.shape[1]
    total = x.sum(axis=1)
    variance = (n * (x * x).sum(axis=1) - total * total) // (n * n)
    # a double's square root is exact enough below 2^52: its floor is the integer one
    deviation = np.sqrt(variance).astype(np.int64)
    difference = np.abs(np.diff(x, axis=1)).sum(axis=1) // (n - 1)
    parts = (total // n, deviation, x.min(axis=1), x.max(axis=1), difference)
    return np.concatenate(parts, axis=1)
