# SPDX-License-Identifier: Apache-2.0
"""Rows of int8 as kernels walk over them: four rows at once, words of four, vectors of sixteen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]

BLOCK = 4  # rows that one vector is multiplied with at once, terms that are summed at once
WORD = 4
VECTOR = 16


def groups(n: int, size: int) -> int:
    """How many groups of `size` hold n."""
    return -(-n // size)


@dataclass(frozen=True)
class Rows:
    """Vectors [N, K] to be multiplied or searched, by what is not 0 in all of them together.

    `full` counts words of four that are not all 0; what is behind the last whole word is `tail`.
    """

    count: int
    length: int
    nonzeros: float
    full: float

    @classmethod
    def of(cls, mask: BoolArray) -> Rows:
        """From where they are not 0."""
        whole = mask.shape[1] // WORD * WORD
        words = mask[:, :whole].reshape(len(mask), whole // WORD, WORD).any(2)
        count, length = mask.shape
        return cls(count, length, float(mask.sum()), float(words.sum()))

    def walked(self, name: str, times: float = 1) -> dict[str, float]:
        """What walking over them costs, `times` over."""
        return {
            f"{name}": times * self.count,
            f"{name}_words": times * self.count * (self.length // WORD),
            f"{name}_full": times * self.full,
            f"{name}_tail": times * self.count * (self.length % WORD),
            f"{name}_nonzeros": times * self.nonzeros,
        }

    def multiplied(self, name: str, times: float) -> dict[str, float]:
        """The same where the loops have work before and behind them: `worded`, `tailed`."""
        count = times * self.count
        return {
            **self.walked(name, times),
            f"{name}_worded": count * (self.length >= WORD),
            f"{name}_tailed": count * (self.length % WORD > 0),
        }


def named(start: str, counts: dict[str, float]) -> dict[str, float]:
    """The same counts, whose names begin with `start`."""
    return {start + name: value for name, value in counts.items()}


def large_words(weight: npt.NDArray[np.int8]) -> float:
    """Share of words that hold a weight with as many bits as the largest (master.c)."""
    flat = weight.reshape(-1).astype(np.int64)
    bits = np.array([int(w if w >= 0 else ~w).bit_length() for w in range(-128, 128)])[flat + 128]
    whole = (bits == bits.max())[: flat.size // WORD * WORD]
    return float(whole.reshape(-1, WORD).any(1).mean()) if whole.size else 1.0


def products(rows: Rows, outputs: int, name: str = "") -> dict[str, float]:
    """Vectors times O rows: in blocks of four, and a pair and a single one of what is left."""
    blocks, rest = divmod(outputs, BLOCK)
    vectors = rows.count * groups(rows.length, VECTOR)
    return {
        **rows.multiplied(f"{name}block", blocks),
        **rows.multiplied(f"{name}pair", rest // 2),
        **rows.multiplied(f"{name}single", rest % 2),
        f"{name}block_vectors": vectors * blocks,
        f"{name}rest_vectors": vectors * rest,
    }


def looked(weights: int, fraction_bits: int, share: float, large: float) -> dict[str, float]:
    """A look for the largest weight, in a `share` of the steps."""
    return {
        "looked": share * weights,
        f"looked_large_{fraction_bits}": share * large * weights,
    }


def sums(calls: float, terms: float, n: int, name: str = "") -> dict[str, float]:
    """Scaled rows of n values summed: `calls` sums of `terms` rows in all, four values at once."""
    return {
        f"{name}sums": calls,
        f"{name}terms": terms,
        f"{name}quads": calls * (n // WORD),
        f"{name}tails": calls * (n % WORD),
        f"{name}tailed": calls * (n % WORD > 0),
        f"{name}term_quads": terms * (n // WORD),
        f"{name}term_tails": terms * (n % WORD),
    }
