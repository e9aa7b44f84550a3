# SPDX-License-Identifier: Apache-2.0
"""What the linked image holds."""

from __future__ import annotations

from pathlib import Path

from elftools.elf.elffile import ELFFile

RAM = range(0x20000000, 0x20010000)  # of qemu_cortex_m3, the simulated flash included


def symbols(build_dir: Path) -> set[str]:
    """Names of all functions and objects."""
    with (build_dir / "zephyr" / "zephyr.elf").open("rb") as file:
        table = ELFFile(file).get_section_by_name(".symtab")
        return {
            symbol.name
            for symbol in table.iter_symbols()
            if symbol["st_info"]["type"] in ("STT_FUNC", "STT_OBJECT", "STT_NOTYPE")
        }


def ram_bytes(build_dir: Path) -> int:
    """RAM that is spoken for: data, zeroed data, stacks and the simulated flash."""
    with (build_dir / "zephyr" / "zephyr.elf").open("rb") as file:
        return sum(
            section["sh_size"]
            for section in ELFFile(file).iter_sections()
            if section["sh_addr"] in RAM
        )
