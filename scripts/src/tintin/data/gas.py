# SPDX-License-Identifier: Apache-2.0
"""Which gas a sensor array smells while it ages: UCI Gas Sensor Array Drift, 36 months.

16 sensors of 8 features each, six gases, batches in the order of time. The features are
logarithms with a sign, in integers, centred by what the first batch was like.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tintin.data.centring import Centring
from tintin.data.npz import arrays
from tintin.data.places import Home, Origin
from tintin.errors import DataError

FILE = "gas_drift_8of10.npz"
ORIGIN = Origin(
    *("gas", "Alan5279/Online-Sensor-Drift-Compensation-Matlab-Code"),
    "1403124b1aad7d5091fb2a3c39b5d073807bc5ab",
)
HOME = Home("gas sensor drift data", ("gas_drift",), FILE, FILE, origin=ORIGIN)
GASES = 6


class Batch(NamedTuple):
    """Samples int8 [N, 128] in the order they were taken, and their gases."""

    number: int
    x: npt.NDArray[np.int8]
    y: npt.NDArray[np.uint16]


def gas_drift(data_dir: Path | str | None = None) -> list[Batch]:
    """The batches, in order; the numbers of some may be missing. Raises DataError."""
    path = HOME.find(data_dir) / FILE
    found = arrays(path)
    missing = {"X_slog", "y", "batch"} - set(found)
    if missing:
        raise DataError(f"{path}: no {min(missing)} in it")
    values, y, batch = found["X_slog"], found["y"].astype(np.uint16), found["batch"]
    numbers = sorted({int(number) for number in batch})
    centre = Centring.of(values[batch == numbers[0]])
    x = centre(values)
    return [Batch(n, x[batch == n], y[batch == n]) for n in numbers]
