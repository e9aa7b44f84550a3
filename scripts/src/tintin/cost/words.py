# SPDX-License-Identifier: Apache-2.0
"""Rows of int8 as kernels walk over them: four rows at once, words of four, vectors of sixteen."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BLOCK = 4  # rows that one vector is multiplied with at once, terms that are summed at once
WORD = 4
VECTOR = 16


def groups(n: int, size: int) -> int:
    """How many groups of `size` hold n."""
    return -(-n // size)


def nonzero_words(rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Words of four that are not all zero, in each of the rows [N, K]; what is behind them is not
    looked at.
    """
    whole = rows.shape[1] // WORD * WORD
    words = rows[:, :whole].reshape(len(rows), -1, WORD).any(2)
    counted: npt.NDArray[np.int64] = words.sum(1, dtype=np.int64)
    return counted


def products(outputs: int, fan_in: int, words: float, positions: int = 1) -> dict[str, float]:
    """O rows of K times vectors, `words` of whose words are not zero, over all positions."""
    blocks, rest = divmod(outputs, BLOCK)
    return {
        "blocks": positions * blocks,
        "block_words": positions * blocks * (fan_in // WORD),
        "block_full_words": blocks * words,
        "block_tail": positions * blocks * (fan_in % WORD),
        "block_vectors": positions * blocks * groups(fan_in, VECTOR),
        "rest_rows": positions * rest,
        "rest_words": positions * rest * (fan_in // WORD),
        "rest_full_words": rest * words,
        "rest_tail": positions * rest * (fan_in % WORD),
        "rest_vectors": positions * rest * groups(fan_in, VECTOR),
    }
