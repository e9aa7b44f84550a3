# SPDX-License-Identifier: Apache-2.0
"""Fixed point: the notation of DESIGN.md on int64 arrays whose values must fit int32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

INT32_MAX = 2**31 - 1
SATURATED = 2**30 - 1  # a left shift stops here
CLIP = 127
EXPONENT_LIMIT = 100


@dataclass(frozen=True)
class Tensor:
    """A quantised tensor, flat: real value = data * 2^exp."""

    data: Ints
    exp: int


def int32(v: Ints) -> Ints:
    """The same values, which a C int32 must be able to hold."""
    assert peak(v) <= INT32_MAX, f"{peak(v)} does not fit int32"
    return v


def peak(v: Ints) -> int:
    """The largest magnitude, 0 of nothing."""
    return int(np.abs(v).max(initial=0))


def bitlen(v: int) -> int:
    return abs(v).bit_length()


def clip(v: Ints) -> Ints:
    return np.clip(v, -CLIP, CLIP)


def limit(v: Ints, bound: int) -> Ints:
    return np.clip(v, -bound, bound)


def exponent(*terms: int) -> int:
    """A sum of exponents, limited after each addition."""
    total = 0
    for term in terms:
        total = max(-EXPONENT_LIMIT, min(EXPONENT_LIMIT, total + term))
    return total


def round_nearest(v: Ints, s: int) -> Ints:
    """RN(v, s)."""
    int32(v)
    if s > 30:
        return np.zeros_like(v)
    if s > 0:
        return int32(v + (1 << (s - 1))) >> s
    if s == 0:
        return v
    return limit(v << min(-s, 31), SATURATED)  # 31 saturates every int32 but 0
