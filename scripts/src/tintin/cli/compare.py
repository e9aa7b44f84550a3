# SPDX-License-Identifier: Apache-2.0
"""tintin train --compare-modes: what fraction bits are worth, in accuracy and in RAM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table

from tintin.cli.cost_tables import table
from tintin.cli.options import answer
from tintin.cli.progress import progress_bar
from tintin.cost import compare
from tintin.cost.compare import Course, Learned
from tintin.data import Dataset
from tintin.files import write_atomically
from tintin.fractions import MODES


@dataclass(frozen=True)
class Sheet:
    """Where the comparison goes: its title, a picture, and whether the answer is JSON."""

    title: str
    plot: Path | None
    json: bool


def compare_modes(start: bytes, samples: Dataset, course: Course, sheet: Sheet) -> None:
    """Train in each mode, and answer with what it cost and gave."""
    learned = _run(start, samples, course)
    if sheet.plot is not None:
        _draw(sheet.plot, learned, sheet.title)
    values: dict[str, Any] = {
        "network": sheet.title,
        "epochs": course.epochs,
        "seed": course.seed,
        "train_samples": len(samples.y_train),
        "test_samples": len(samples.y_test),
        "modes": [_values(one) for one in learned],
    }
    closing = (
        f"after {course.epochs} passes over {len(samples.y_train)} samples from the same int8 "
        f"weights; one of the {len(samples.y_test)} test samples is "
        f"{1 / max(len(samples.y_test), 1):.2%}; best: of all passes, and which. "
        "The mode is `fraction_bits` of a layer in what `tintin new` reads."
    )
    answer(sheet.json, values, Group(_table(sheet.title, learned), closing))


def _values(one: Learned) -> dict[str, Any]:
    accuracies = {
        "test_accuracy": one.test_accuracy,
        "best_accuracy": max(epoch.test_accuracy for epoch in one.epochs),
        "epochs": [asdict(epoch) for epoch in one.epochs],
    }
    return {**asdict(one.mode), **accuracies}


def _run(start: bytes, samples: Dataset, course: Course) -> list[Learned]:
    learned: list[Learned] = []
    bar = progress_bar()
    total = len(MODES) * course.epochs * len(samples.y_train)
    task = bar.add_task("comparing", total=total, running="", test="")

    def progress(n: int, running: float) -> None:
        bar.update(task, advance=n, running=f"running {running:.1%}")

    with bar:
        for one in compare.compare_modes(start, samples, course, progress):
            learned.append(one)
            done = f"F = {one.mode.fraction_bits}: test {one.test_accuracy:.2%}"
            bar.update(task, test=done)
    return learned


def _table(title: str, learned: Sequence[Learned]) -> Table:
    result = table(
        title, "fraction bits", "bytes a weight", "RAM to train", "record", "test set", "best"
    )
    for one in learned:
        mode, best = one.mode, max(one.epochs, key=lambda epoch: epoch.test_accuracy)
        result.add_row(
            str(mode.fraction_bits),
            f"{mode.bytes_a_weight:g}",
            f"{mode.arena:,}",
            f"{mode.record:,}",
            f"{one.test_accuracy:.2%}",
            f"{best.test_accuracy:.2%} ({best.epoch})",
        )
    return result


def _draw(path: Path, learned: Sequence[Learned], title: str) -> None:
    # Matplotlib takes longer to import than all the rest of the program.
    from tintin.plot import learning_curves  # noqa: PLC0415

    curves = {
        f"{one.mode.fraction_bits} fraction bits, {one.mode.arena:,} bytes": one.epochs
        for one in learned
    }
    write_atomically(path, learning_curves(curves, title))
