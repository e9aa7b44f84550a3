# SPDX-License-Identifier: Apache-2.0
"""xorshift32, and the stochastic rounding that takes one of its words a row."""

from __future__ import annotations

import numpy as np

from .fixed import Ints, int32, round_nearest

MASK = 0xFFFFFFFF
GOLDEN = 0x9E3779B9  # 2^32 / golden ratio: a row's words fill the circle evenly


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


def row_words(first: Ints, n: int) -> Ints:
    """[rows][n]: each row's words, from its first."""
    return (first[:, None] + np.arange(n) * GOLDEN) & MASK


def stochastic_round(v: Ints, s: int, words: Ints) -> Ints:
    """SR(v, s, r) with a uniform 32-bit word for each value."""
    int32(v)
    if s <= 0:
        return round_nearest(v, s)
    if s > 30:
        v, s = v >> min(s - 30, 63), 30
    return int32(v + (words >> (32 - s))) >> s


def dithered(v: Ints, s: int, live: Ints, rng: Xorshift32) -> Ints:
    """SR of rows; a word is drawn for each that is `live`, the others' values are all 0."""
    if s <= 0:
        return round_nearest(v, s)
    first = np.array([rng.word() if drawn else 0 for drawn in live], np.int64)
    return stochastic_round(v, s, row_words(first, v.shape[1]))
