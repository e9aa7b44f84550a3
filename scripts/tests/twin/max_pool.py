# SPDX-License-Identifier: Apache-2.0
"""Max pool: the first maximum of a window, row-major; its error goes back to it alone."""

from __future__ import annotations

import numpy as np

from .fixed import Ints, Tensor, clip
from .record import Layer
from .windows import gather, taps

NOT_INSIDE = -1000  # below every int8


class MaxPool:
    relu = False
    master = None

    def __init__(self, layer: Layer) -> None:
        self.layer = layer
        self.taps = taps(layer)

    def forward(self, a: Tensor) -> tuple[Tensor, Ints]:
        """The output, and per output position and channel the tap that won."""
        values = gather(self.layer, self.taps, a.data, NOT_INSIDE)
        assert (values.max(1) > NOT_INSIDE).all()
        return Tensor(values.max(1).reshape(-1), a.exp), values.argmax(1)

    def backward(self, e: Tensor, winners: Ints) -> Tensor:
        h, w, c = self.layer.in_shape
        dx = np.zeros((h * w, c), np.int64)
        channels = np.arange(c)
        for position, row in enumerate(e.data.reshape(-1, c)):
            pixels = self.taps[position, winners[position]]
            dx[pixels, channels] = clip(dx[pixels, channels] + row)
        return Tensor(dx.reshape(-1), e.exp)
