# SPDX-License-Identifier: Apache-2.0
"""Dense: one patch, the input in memory order."""

from __future__ import annotations

from .fixed import Ints
from .weighted import Weighted


class Dense(Weighted):
    by_row = False

    def patches(self, a: Ints) -> Ints:
        return a.reshape(1, -1)

    def unpatch(self, patches: Ints) -> Ints:
        return patches.reshape(-1)
