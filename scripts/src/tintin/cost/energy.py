# SPDX-License-Identifier: Apache-2.0
"""What an instruction costs in energy, unless the user knows better.

    nJ an instruction = uA / MHz * V * cycles an instruction / 1000

with the run current that a datasheet states for code that computes from flash. It is the whole
chip's while it computes; silicon of the same core differs by a factor of three and more, so the
figure of your part is worth a look. Sleep currents are with RAM kept and a clock that wakes.
A source names its document and table; what is marked "recalled" was not seen when this was
written, and what is marked "features" is the line of a feature list, not of a table.
"""

from __future__ import annotations

from dataclasses import dataclass

KB = 1024
CYCLES = 1.3  # an instruction, of these kernels: loads take 2, taken branches 2 or 3; an estimate


@dataclass(frozen=True)
class Board:
    """A part's core, its current while it computes and while it sleeps, and who says so.

    `ram` in bytes, of the largest of the parts that are called so; 0: of no part. `soc` is the
    qualifier that Zephyr has behind the board's name.
    """

    target: str
    microamps_per_mhz: float
    volts: float
    megahertz: float
    sleep_microamps: float
    source: str
    ram: int = 0
    soc: str = ""

    @property
    def nanojoules(self) -> float:
        """An instruction's energy."""
        return self.microamps_per_mhz * self.volts * CYCLES / 1000


# The first of a core stands for it.
BOARDS = {
    "mspm0g3507": Board(
        *("cortex-m0", 96, 3.3, 80, 1.5),
        "TI MSPM0G3507 (M0+), SLASEX6B 7.5.1 RUN/SLEEP Modes: CoreMark from flash at 80 MHz, "
        "25 C, 96 uA/MHz; standby 1.5 uA (recalled)",
        32 * KB,
    ),
    "nucleo_l073rz": Board(
        *("cortex-m0", 93, 3.0, 32, 0.86),
        "ST STM32L0, 20 KB of RAM (M0+), features as RT-Thread's STM32L010RB page has them: run "
        "down to 93 uA/MHz, stop with RTC and RAM 0.86 uA; of L073 itself recalled",
        20 * KB,
        "stm32l073xx",
    ),
    "stm32l151": Board(
        *("cortex-m3", 300, 3.0, 32, 1.4),
        "ST STM32L100, the same core, DocID024295 Rev 1 table 15: from flash, range 1, 32 MHz, "
        "typically 9.6 mA; stop with RTC 1.4 uA (recalled)",
        80 * KB,
    ),
    "stm32l476": Board(
        *("cortex-m4", 100, 3.0, 80, 1.4),
        "ST STM32L476, features as Zephyr's nucleo_l476rg page has them: run 100 uA/MHz; "
        "stop 2 with RTC 1.4 uA (recalled)",
        128 * KB,
    ),
    "nrf52840dk": Board(
        *("cortex-m4", 52, 3.0, 64, 3.2),
        "Nordic nRF52840, CoreMark from flash with DC/DC, 3.3 mA at 64 MHz (recalled; the product "
        "specification's compounded IS0, the same with 0 dBm of radio, is 8.1 mA); "
        "System ON with RAM and RTC 3.2 uA (recalled)",
        256 * KB,
        "nrf52840",
    ),
    "arduino_nano_33_ble": Board(
        *("cortex-m4", 52, 3.0, 64, 3.2),
        "its chip, an nRF52840, as nrf52840dk; what else is on the board comes on top",
        256 * KB,
        "nrf52840",
    ),
    "thingy52": Board(
        *("cortex-m4", 58, 3.0, 64, 1.9),
        "its chip, an nRF52832: CoreMark from flash with DC/DC, 3.7 mA at 64 MHz; System ON with "
        "RAM and RTC 1.9 uA (both recalled); what else is on the board comes on top",
        64 * KB,
        "nrf52832",
    ),
    "rpi_pico": Board(
        *("cortex-m0", 190, 3.3, 125, 1500),
        "RP2040: about 24 mA at 125 MHz (recalled); asleep 1.5 mA, as the commit of MicroPython's "
        "lightsleep tells of a Pico",
        264 * KB,
        "rp2040",
    ),
    "m55": Board(
        *("cortex-m55", 65, 3.0, 64, 3.0),
        "assumed: nRF5340's M33 (2.7 mA at 64 MHz) and half as much for the vector unit; "
        "sleep assumed as well",
    ),
}

SUPPLIES = {board.target: board for board in reversed(BOARDS.values())}


def board_of(name: str) -> Board | None:
    """By the name that `west build -b` takes, qualifiers and revision included, or by its core."""
    plain, *qualifiers = name.split("/")
    found = BOARDS.get(plain.partition("@")[0]) or SUPPLIES.get(name)
    return None if found and qualifiers and qualifiers[0] != found.soc else found
