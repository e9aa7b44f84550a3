# SPDX-License-Identifier: Apache-2.0
"""Readings made into features by an offset and a shift each, as a device can do it.

Features that are not centred halve the learning rate that can be used, in float too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FEATURE_EXP = -5
LARGEST = 127
SPREAD_BITS = 5  # a standard deviation becomes more than 2^4 and at most 2^5


@dataclass(frozen=True)
class Centring:
    """feature = clip((value - offset) * 2^shift), the real value is feature * 2^FEATURE_EXP."""

    offset: npt.NDArray[np.int32]
    shift: npt.NDArray[np.int32]

    @classmethod
    def of(cls, values: npt.NDArray[Any]) -> Centring:
        """From training values [N, features]: a feature's mean and the power of two for its spread.

        A real feature's standard deviation is then more than 1/2 and at most 1.
        """
        wide = values.astype(np.int64)
        spread = np.maximum(wide.std(axis=0), 2.0**-8)
        shift = SPREAD_BITS - np.ceil(np.log2(spread))
        return cls(np.rint(wide.mean(axis=0)).astype(np.int32), shift.astype(np.int32))

    def __call__(self, values: npt.NDArray[Any]) -> npt.NDArray[np.int8]:
        """Features int8 [N, features], rounded to nearest, ties upward."""
        centred = values.astype(np.int64) - self.offset
        right = np.maximum(-self.shift, 0)
        half = (1 << right) >> 1
        scaled = ((centred << np.maximum(self.shift, 0)) + half) >> right
        return np.clip(scaled, -LARGEST, LARGEST).astype(np.int8)
