# SPDX-License-Identifier: Apache-2.0
"""Samples from a NumPy file: x [N, ...] and y [N], and x_test and y_test where there are any."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tintin.convert import quantise_input
from tintin.data.dataset import Dataset, image_to_int8, split
from tintin.errors import DataError

TEST_SHARE = 5  # one in five is held out where the file has no test part


def arrays(path: Path | str) -> dict[str, npt.NDArray[Any]]:
    """All arrays of a file. Raises DataError, OSError."""
    try:
        file = np.load(path, allow_pickle=False)
        if isinstance(file, np.ndarray):
            raise DataError(f"{path}: a single array, not an npz with x and y")
        with file:
            return {name: file[name] for name in file.files}
    except (ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        raise DataError(f"{path}: not an npz file of plain arrays") from None


def npz(path: Path | str, input_exp: int = -7) -> Dataset:
    """Samples in [h][w][c] order. int8 is taken as it is, uint8 as an image, float quantised."""
    found = arrays(path)
    missing = {"x", "y"} - set(found)
    if missing:
        raise DataError(f"{path}: no {min(missing)} in it, only {', '.join(sorted(found))}")
    x, y = _checked(path, found["x"], found["y"], input_exp)
    if "x_test" not in found or "y_test" not in found:
        if len(x) < TEST_SHARE:
            raise DataError(f"{path}: {len(x)} samples are too few to hold some out for the test")
        return split(x, y, len(x) - len(x) // TEST_SHARE)
    x_test, y_test = _checked(path, found["x_test"], found["y_test"], input_exp)
    return Dataset(x, y, x_test, y_test)


def _checked(
    path: Path | str, x: npt.NDArray[Any], y: npt.NDArray[Any], input_exp: int
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint16]]:
    if x.ndim < 2 or len(x) == 0 or y.shape != (len(x),):
        raise DataError(f"{path}: x {list(x.shape)}, y {list(y.shape)}: need [N, ...] and [N]")
    if y.dtype.kind not in "iu" or y.min() < 0 or y.max() > 65535:
        raise DataError(f"{path}: y must be class numbers from 0 upward")
    rows = np.ascontiguousarray(_int8(path, x.reshape(len(x), -1), input_exp))
    return rows, y.astype(np.uint16)


def _int8(path: Path | str, x: npt.NDArray[Any], input_exp: int) -> npt.NDArray[np.int8]:
    if x.dtype == np.int8:
        return np.where(x == -128, -127, x).astype(np.int8)
    if x.dtype == np.uint8:
        return image_to_int8(x)
    if x.dtype.kind == "f" and np.isfinite(x).all():
        return quantise_input(x, input_exp)
    raise DataError(f"{path}: x must be int8, uint8 or finite floats, not {x.dtype}")
