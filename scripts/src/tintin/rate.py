# SPDX-License-Identifier: Apache-2.0
"""Learning rates as the engine holds them: DESIGN.md, "Learning rate"."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tintin.errors import ModelError

SHIFTS = range(-8, 25)


@dataclass(frozen=True)
class Rate:
    """Learning rate = mantissa / 8 * 2^-shift, with the meaning that it has in float SGD."""

    mantissa: int = 8
    shift: int = 5

    def __post_init__(self) -> None:
        if self.mantissa not in range(8, 16) or self.shift not in SHIFTS:
            raise ModelError(
                f"rate {self.mantissa}/8 * 2^-{self.shift}: the mantissa is 8..15, the shift -8..24"
            )

    @classmethod
    def of(cls, value: float) -> Rate:
        """The rate nearest to a float; its mantissa has eighths."""
        if not (math.isfinite(value) and 2.0**-24 <= value <= 480):
            raise ModelError(f"learning rate {value}: must be within 6e-8 and 480")
        shift = -math.floor(math.log2(value))
        mantissa = math.floor(8 * value * 2.0**shift + 0.5)
        return cls(8, shift - 1) if mantissa == 16 else cls(mantissa, shift)

    def __float__(self) -> float:
        return self.mantissa / 8 * 2.0**-self.shift

    def __str__(self) -> str:
        return f"{float(self):.6g}"
