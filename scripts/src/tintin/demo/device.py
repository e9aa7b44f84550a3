# SPDX-License-Identifier: Apache-2.0
"""The course on the firmware: Zephyr on an emulated Cortex-M3, fed over its sensor and shell."""

from __future__ import annotations

from pathlib import Path

from tintin.demo.course import Course, Outcome
from tintin.demo.errors import DemoError
from tintin.demo.footprint import footprint
from tintin.link.board import Board
from tintin.link.qemu import INSTRUCTIONS_PER_CYCLE, Qemu
from tintin.link.session import examine, teach
from tintin.link.view import View

MAGIC = b"TTIN"


def _learn(board: Board, course: Course, view: View) -> None:
    for lesson in course.passes():
        board.settle()
        board.set_rate(lesson.rate)
        view.describe(f"pass {lesson.number}, rate {lesson.rate:g}")
        teach(board, lesson.samples, view.see)


def saved_record(flash: bytes, crc: str) -> bytes:
    """The record with that CRC among the bytes of the store. Raises DemoError."""
    tail = int(crc, 16).to_bytes(4, "little")
    at = flash.find(MAGIC)
    while at >= 0:
        size = int.from_bytes(flash[at + 8 : at + 12], "little")
        if flash[at + size - 4 : at + size] == tail:
            return flash[at : at + size]
        at = flash.find(MAGIC, at + 1)
    raise DemoError(f"the record {crc} that the device saved is not in its flash")


def run(elf: Path, course: Course, view: View) -> Outcome:
    """The whole course, and a new QEMU process on the saved flash."""
    with Qemu(elf) as qemu, qemu.board() as board:
        view.describe("before learning")
        before = examine(board, course.held_out)
        _learn(board, course, view)
        stats = board.settle()
        view.describe("after learning")
        after = examine(board, course.held_out)
        saved = board.save()
        flash = qemu.flash()
    view.describe("after a power cycle")
    with Qemu(elf, flash) as qemu, qemu.board() as board:
        again = examine(board, course.held_out)
    size = footprint(elf)
    measured = {
        "instructions_per_step": round(
            stats["learn_cycles"] / stats["learned"] * INSTRUCTIONS_PER_CYCLE
        ),
        "ram_bytes": size.ram,
        "sim_flash_bytes": size.sim_flash,
        "flash_bytes": size.flash,
    }
    return Outcome(saved_record(flash, saved["crc"]), before, after, again, measured)
