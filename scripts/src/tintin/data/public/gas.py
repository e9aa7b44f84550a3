# SPDX-License-Identifier: Apache-2.0
"""UCI gas sensor array drift: batchN.dat, lines "gas;ppmv 1:value ... 128:value"."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tintin.data.public.archive import Originals
from tintin.data.public.contents import Arrays
from tintin.errors import DataError

BATCHES = (1, 2, 3, 4, 5, 6, 8, 9)  # those that the figures of this project are of
FEATURES = 128
SCALE = 1024

Float = npt.NDArray[np.float64]


def convert(files: Originals) -> Arrays:
    """Features as logarithms with a sign, gases from 0, and the batch of each row."""
    parts = [_batch(files.read(f"batch{number}.dat"), number) for number in BATCHES]
    values = np.concatenate([rows for _, rows in parts])
    return {
        "X_slog": _logarithms(values),
        "y": np.concatenate([gas for gas, _ in parts]),
        "batch": np.repeat(np.array(BATCHES, np.uint8), [len(gas) for gas, _ in parts]),
    }


def _batch(text: bytes, number: int) -> tuple[npt.NDArray[np.uint8], Float]:
    rows, gases = [], []
    for line in text.decode("ascii", "replace").splitlines():
        head, *cells = line.split()
        values = [float(cell.partition(":")[2]) for cell in cells]
        if len(values) != FEATURES:
            raise DataError(f"batch{number}.dat: {len(values)} values in a row, not {FEATURES}")
        gases.append(int(head.partition(";")[0]) - 1)
        rows.append(values)
    return np.array(gases, np.uint8), np.array(rows).reshape(-1, FEATURES)


def _logarithms(values: Float) -> npt.NDArray[np.int16]:
    scaled: Float = np.rint(SCALE * np.sign(values) * np.log2(1 + np.abs(values)))
    return scaled.astype(np.int16)
