# SPDX-License-Identifier: Apache-2.0
"""Delayed scaling: the shift S of a quantised tensor, known before the tensor is."""

from __future__ import annotations

from dataclasses import dataclass

from .fixed import Ints, bitlen, clip, peak, round_nearest

ACTIVATION_TOLERANCE = 0
ERROR_TOLERANCE = 1
WINDOW = 64


@dataclass
class Scale:
    """S, H and c of DESIGN.md."""

    shift: int = 0
    held: int = 0
    count: int = 0

    def quantise(self, acc: Ints) -> Ints:
        """Accumulators to int8 with the shift as it stands."""
        return clip(round_nearest(acc, self.shift))

    def observe(self, acc: Ints, tolerance: int) -> None:
        """Move after a learning step has quantised `acc`."""
        need = max(0, bitlen(peak(acc)) - 7)
        if need > self.shift + tolerance:
            self.shift, self.held, self.count = self.shift + 1, 0, 0
            return
        if need >= self.shift:
            self.held = 1
        self.count += 1
        if self.count == WINDOW:
            if not self.held and self.shift > 0:
                self.shift -= 1
            self.held = self.count = 0
