# SPDX-License-Identifier: Apache-2.0
"""What an instruction costs in energy, unless the user knows better (--nj).

    nJ an instruction = uA / MHz * V * cycles an instruction / 1000

with the run current that a datasheet states for code that computes from flash. It is the whole
chip's while it computes, not what it sleeps with; silicon of the same core differs by a factor of
three and more, so the figure of your part is worth a look.
"""

from __future__ import annotations

from dataclasses import dataclass

CYCLES = 1.3  # an instruction, of these kernels: loads take 2, taken branches 2 or 3; an estimate


@dataclass(frozen=True)
class Supply:
    """A part's current while it computes, and where the figure is from."""

    microamps_per_mhz: float
    volts: float
    source: str

    @property
    def nanojoules(self) -> float:
        """An instruction's energy."""
        return self.microamps_per_mhz * self.volts * CYCLES / 1000


SUPPLIES = {
    "cortex-m0": Supply(
        94, 3.3, "TI MSPM0G3507 (M0+), SLASEX6: CoreMark from flash at 80 MHz, 94 uA/MHz"
    ),
    "cortex-m3": Supply(
        300, 3.0, "ST STM32L100/L151, DocID024295: from flash at 32 MHz, range 1, 9.6 mA"
    ),
    "cortex-m4": Supply(100, 3.0, "ST STM32L476, DS10198: run mode with its LDO, 100 uA/MHz"),
    "cortex-m55": Supply(
        65, 3.0, "assumed: nRF5340's M33 (2.7 mA at 64 MHz) and half as much for the vector unit"
    ),
}


def nanojoules(target: str) -> float:
    """The default of a target."""
    return SUPPLIES[target].nanojoules
