# SPDX-License-Identifier: Apache-2.0
"""What a sensor is to read: the digits, or a NumPy file's x, y, x_test and y_test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tintin.data import digits_pixels
from tintin.data.npz import arrays
from tintin.errors import DataError
from tintin.link.session import Samples

INT16 = np.iinfo(np.int16)
NAMES = {"x", "y", "x_test", "y_test"}


@dataclass(frozen=True)
class Readings:
    """Windows to learn from and, held out, to be examined with."""

    train: Samples
    test: Samples

    def first(self, n: int | None) -> Readings:
        """Only the first n of each; None: all."""
        return Readings(*(Samples(s.x[:n], s.y[:n]) for s in (self.train, self.test)))


def load(source: str) -> Readings:
    """`digits`, or the name of a file. Raises DataError, OSError."""
    if source == "digits":
        d = digits_pixels()
        return Readings(Samples(d.x_train, d.y_train), Samples(d.x_test, d.y_test))
    found = arrays(source)
    missing = NAMES - set(found)
    if missing:
        raise DataError(f"{source}: no {min(missing)} in it; it takes x, y, x_test and y_test")
    train = _checked(source, found["x"], found["y"])
    return Readings(train, _checked(source, found["x_test"], found["y_test"]))


def _checked(source: str, x: npt.NDArray[Any], y: npt.NDArray[Any]) -> Samples:
    if x.ndim < 2 or x.size == 0 or y.shape != (len(x),):
        shapes = f"x {list(x.shape)}, y {list(y.shape)}"
        raise DataError(f"{source}: {shapes}: need [N, ...] and [N], the test's too")
    if x.dtype.kind not in "iu":
        raise DataError(f"{source}: x must be readings, whole numbers, not {x.dtype}")
    if x.min() < INT16.min or x.max() > INT16.max:
        raise DataError(f"{source}: a reading has 16 bits, and x goes from {x.min()} to {x.max()}")
    if y.dtype.kind not in "iu" or y.min() < 0 or y.max() > np.iinfo(np.uint16).max:
        raise DataError(f"{source}: y must be class numbers from 0 upward")
    return Samples(x.reshape(len(x), -1), y.astype(np.uint16))
