# SPDX-License-Identifier: Apache-2.0
"""The course on the firmware: raw windows over the serial sensor, labels over the shell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tintin.demo.bearing.course import Course, Part
from tintin.demo.bearing.life import examine_all, live
from tintin.demo.bearing.outcome import Outcome
from tintin.demo.footprint import footprint
from tintin.learner import State
from tintin.link.board import Board
from tintin.link.qemu import INSTRUCTIONS_PER_CYCLE, Qemu
from tintin.link.session import examine
from tintin.link.store import newest
from tintin.link.view import View

LEARNER = "TLRN"  # the learner beside the record in the store: SPEC.md


class Monitor:
    """A board that is waited for, so that it does one thing after the other as its twin does."""

    def __init__(self, board: Board, view: View) -> None:
        self._board, self._view = board, view

    def close_class(self, label: int) -> None:
        """As Monitor.close_class()."""
        self._board.close_classes(label)

    def learn(self, readings: Sequence[int], label: int) -> int:
        """As Monitor.learn()."""
        predicted = self._board.learn(readings, label)
        self._board.settle()
        return predicted

    def predict(self, readings: Sequence[int]) -> int:
        """As Monitor.predict()."""
        return self._board.predict(readings)

    def idle(self) -> None:
        """As Monitor.idle()."""
        self._board.idle()

    def save(self) -> None:
        """As Monitor.save()."""
        self._board.save()

    def examine(self, exam: Part) -> float:
        """As Monitor.examine(); takes seconds, which are those of the serial port."""
        self._view.describe(f"exam of {exam.name}")
        with self._board.exam():
            return examine(self, exam.samples)


def run(elf: Path, course: Course, view: View) -> Outcome:
    """The whole life, and a new QEMU process on the saved flash."""
    with Qemu(elf) as qemu, qemu.board() as board:
        life = live(Monitor(board, view), course, view)
        told, stats = board.learner(), board.stats()
        flash = qemu.flash()
    view.describe("power cycle")
    with Qemu(elf, flash) as qemu, qemu.board() as board:
        again = examine_all(Monitor(board, view), course.latest)
    saved = newest(flash)
    state = State(saved.record, saved.companions[LEARNER])
    return Outcome(life, _counted(told), state, again, _measured(elf, stats, told["steps"]))


def _counted(told: dict[str, Any]) -> dict[str, int]:
    """By the names of Outcome.learner."""
    return {
        "steps": told["steps"],
        "kept": told["kept"],
        "rolled_back": told["rollbacks"],
        "drift_alarms": sum(told["alarms"]),
        "open_classes": told["open"],
    }


def _measured(elf: Path, stats: dict[str, Any], steps: int) -> dict[str, Any]:
    """A step's share of the guard's judgements is counted as its own."""
    size = footprint(elf)
    return {
        "instructions_per_step": round(stats["learn_cycles"] / steps * INSTRUCTIONS_PER_CYCLE),
        "ram_bytes": size.ram,
        "sim_flash_bytes": size.sim_flash,
        "flash_bytes": size.flash,
    }
