# SPDX-License-Identifier: Apache-2.0
"""What an image takes, from its ELF."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from tintin.demo.errors import DemoError

STORE = "STORE"  # section of the memory region that plays the flash


@dataclass(frozen=True)
class Footprint:
    """Bytes of RAM (stacks, arena and all), of RAM that plays flash, and of flash."""

    ram: int
    sim_flash: int
    flash: int


def footprint(elf: Path) -> Footprint:
    """Measure a Zephyr image by the symbols of its linker script. Raises DemoError."""
    with elf.open("rb") as file:
        image = ELFFile(file)
        table = image.get_section_by_name(".symtab")
        if not isinstance(table, SymbolTableSection):
            raise DemoError(f"{elf} has no symbols to measure it by")
        ram = _value(table, "_image_ram_end") - _value(table, "_image_ram_start")
        store = image.get_section_by_name(STORE)
        return Footprint(ram, store["sh_size"] if store else 0, _value(table, "_flash_used"))


def _value(table: SymbolTableSection, name: str) -> int:
    symbols = table.get_symbol_by_name(name)
    if not symbols:
        raise DemoError(f"the image has no symbol {name}")
    return int(symbols[0]["st_value"])
