# SPDX-License-Identifier: Apache-2.0
"""Convolution: a patch an output position, zeros outside the input."""

from __future__ import annotations

from .fixed import Ints
from .record import Layer
from .weighted import Weighted
from .windows import gather, scatter, taps


class Conv2d(Weighted):
    by_row = True

    def __init__(self, layer: Layer, trained: bool) -> None:
        super().__init__(layer, trained)
        self.taps = taps(layer)

    def patches(self, a: Ints) -> Ints:
        return gather(self.layer, self.taps, a, 0).reshape(len(self.taps), -1)

    def unpatch(self, patches: Ints) -> Ints:
        channels = self.layer.in_shape[2]
        return scatter(self.layer, self.taps, patches.reshape(*self.taps.shape, channels))
