# SPDX-License-Identifier: Apache-2.0
"""Master weights: F bits below the int8 that the MACs read, one exponent a tensor."""

from __future__ import annotations

import numpy as np

from .fixed import Ints, bitlen, limit, peak
from .record import Layer

BIAS_LIMIT = 2**28
MAX_WEIGHT_EXP = 10


def unpack_fractions(data: bytes, bits: int, n: int) -> Ints:
    """n fractions of 8, 4 or 0 bits; of two that share a byte the first has the low nibble."""
    stored = np.frombuffer(data, np.uint8).astype(np.int64)
    if bits == 0:
        return np.zeros(n, np.int64)
    if bits == 4:
        stored = np.stack([stored & 15, stored >> 4], 1).reshape(-1)
    return stored[:n]


def pack_fractions(fractions: Ints, bits: int) -> bytes:
    if bits == 0:
        return b""
    if bits == 4:
        even = np.pad(fractions, (0, len(fractions) % 2)).reshape(-1, 2)
        fractions = even[:, 0] | even[:, 1] << 4
    return fractions.astype(np.uint8).tobytes()


class Master:
    """The trained form of a layer's weights and biases: `m` and `bias` are what learning moves."""

    def __init__(self, layer: Layer) -> None:
        self.bits = layer.fraction_bits
        self.half = (1 << self.bits) >> 1
        self.exp = layer.weight_exp
        self.bounded = layer.bounded
        self.bias = layer.bias.copy()
        self.m = layer.weight << self.bits
        self.largest = layer.weight_bits
        if layer.fraction_stored:
            fractions = unpack_fractions(layer.fraction, self.bits, self.m.size)
            self.m = self.m + fractions.reshape(self.m.shape) - self.half
        else:
            self.look()
        self.limited = False

    @property
    def weight(self) -> Ints:
        """The int8 plane."""
        return (self.m + self.half) >> self.bits

    @property
    def fraction(self) -> bytes:
        low = (self.m + self.half) & ((1 << self.bits) - 1)
        return pack_fractions(low.reshape(-1), self.bits)

    def look(self) -> None:
        """Take B_w afresh."""
        self.largest = bitlen(peak(self.m))

    @property
    def cap_bits(self) -> int:
        """A gradient of so many bits may move a weight by 1 / 16 of the largest, unshifted."""
        return max(self.largest, self.bits + 3) - 4

    def subtract(self, rows: slice, delta: Ints) -> None:
        """m = limit(m - delta) in some rows; remembers whether a limit was met."""
        bound = 127 << self.bits
        wanted = self.m[rows] - delta
        low = -bound - self.half
        high = bound + (1 << self.bits) - 1 - self.half
        kept = np.where(delta != 0, np.clip(wanted, low, high), self.m[rows])
        self.limited |= bool((kept != wanted).any())
        self.m[rows] = kept

    def subtract_bias(self, delta: Ints) -> None:
        self.bias = limit(self.bias - delta, BIAS_LIMIT)

    def rescale(self) -> None:
        """Halve the tensor if it has met a limit since the last call and may grow."""
        if self.limited and self.exp < MAX_WEIGHT_EXP and not self.bounded:
            self.m = (self.m + 1) >> 1
            self.exp += 1
        self.limited = False
