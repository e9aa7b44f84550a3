# SPDX-License-Identifier: Apache-2.0
"""Average pool: sums times a 22-bit reciprocal, with scales of its own."""

from __future__ import annotations

import numpy as np

from .fixed import Ints, Tensor, exponent, int32
from .record import Layer
from .scaling import ERROR_TOLERANCE, Scale
from .windows import gather, scatter, taps

RECIPROCAL_BITS = 22


class AvgPool:
    master = None

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.relu = layer.relu
        self.taps = taps(layer)
        n = layer.kernel[0] * layer.kernel[1]
        self.reciprocal = ((1 << RECIPROCAL_BITS) + n // 2) // n
        self.activation = Scale(**vars(layer.activation))
        self.error = Scale(**vars(layer.error))

    def forward(self, a: Tensor) -> Tensor:
        """Accumulators, before ReLU."""
        sums = gather(self.layer, self.taps, a.data, 0).sum(1)
        return Tensor(int32(self.reciprocal * sums).reshape(-1), exponent(a.exp, -RECIPROCAL_BITS))

    def backward(self, e: Tensor, mask: Ints | bool) -> Tensor:
        """Error of the input, 0 where not `mask`; moves its scale."""
        rows = e.data.reshape(-1, 1, self.layer.in_shape[2])
        spread = np.broadcast_to(rows, (*self.taps.shape, rows.shape[2]))
        dx = int32(self.reciprocal * scatter(self.layer, self.taps, spread)) * mask
        shift = self.error.shift
        e8 = self.error.quantise(dx)
        self.error.observe(dx, ERROR_TOLERANCE)
        return Tensor(e8, exponent(e.exp, -RECIPROCAL_BITS, shift))
