# SPDX-License-Identifier: Apache-2.0
"""What every data set looks like."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

IMAGE_EXP = -7


class Dataset(NamedTuple):
    """Samples int8 [N, length] (uint8 where they are raw pixels) and labels uint16 [N]."""

    x_train: npt.NDArray[Any]
    y_train: npt.NDArray[np.uint16]
    x_test: npt.NDArray[Any]
    y_test: npt.NDArray[np.uint16]

    @property
    def classes(self) -> int:
        """One more than the largest label."""
        return 1 + int(max(self.y_train.max(initial=0), self.y_test.max(initial=0)))


def image_to_int8(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.int8]:
    """0..255 to 0..127, real value x * 2^IMAGE_EXP."""
    return (pixels >> 1).astype(np.int8)


def split(x: npt.NDArray[Any], y: npt.NDArray[Any], train: int, seed: int = 0) -> Dataset:
    """Shuffle with a seed, the same on every computer, and keep the first `train` for training."""
    order = np.random.RandomState(seed).permutation(len(x))
    rows = np.ascontiguousarray(x.reshape(len(x), -1)[order])
    labels = y[order].astype(np.uint16)
    return Dataset(rows[:train], labels[:train], rows[train:], labels[train:])
