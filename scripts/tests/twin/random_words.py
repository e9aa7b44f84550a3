# SPDX-License-Identifier: Apache-2.0
"""xorshift32, and the rounding along a row that begins with one of its words."""

from __future__ import annotations

import numpy as np

from .fixed import Ints, int32, round_nearest

MASK = 0xFFFFFFFF


class Xorshift32:
    """The generator; `state` is what a record stores."""

    def __init__(self, state: int) -> None:
        assert 0 < state <= MASK
        self.state = state

    def word(self) -> int:
        """The next word, which is the state after it."""
        x = self.state
        x ^= (x << 13) & MASK
        x ^= x >> 17
        x ^= (x << 5) & MASK
        self.state = x
        return x


def carried(v: Ints, s: int, live: Ints, rng: Xorshift32) -> Ints:
    """SR of rows [rows][n]: the row's running sum is rounded down, a value is what it grew by.

    A word is drawn for each row that is `live`; the others' values are all 0.
    """
    int32(v)
    if s <= 0:
        return round_nearest(v, s)
    if s > 30:
        v, s = v >> min(s - 30, 63), 30
    first = np.array([rng.word() >> (32 - s) if drawn else 0 for drawn in live], np.int64)
    whole = (first[:, None] + np.cumsum(v, 1, dtype=np.int64)) >> s
    return np.diff(whole, axis=1, prepend=0)
