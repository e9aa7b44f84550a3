# SPDX-License-Identifier: Apache-2.0
"""The course on a bare Cortex-M3 in QEMU: the same engine where there is no Zephyr."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from tintin.demo.course import Course, Outcome
from tintin.demo.errors import DemoError
from tintin.demo.host import features
from tintin.demo.repository import BARE
from tintin.link.session import Samples
from tintin.link.view import View
from tintin.rate import Rate

TARGET = "m3"


def runner(root: Path) -> ModuleType:
    """The project's bare-metal runner, which lies with its tests."""
    path = root / BARE / "bare.py"
    spec = importlib.util.spec_from_file_location("tintin_bare", path)
    if spec is None or spec.loader is None:
        raise DemoError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def missing(root: Path) -> str | None:
    """What this computer lacks for it, in one line."""
    reason: str | None = runner(root).missing(TARGET)
    return reason


def _lessons(bare: ModuleType, course: Course) -> list[Any]:
    operations: list[Any] = []
    for lesson in course.passes():
        rate = Rate.of(lesson.rate)
        operations.append(bare.rate(rate.mantissa, rate.shift))
        operations += [
            bare.learn(features(x).tobytes(), int(y))
            for x, y in zip(lesson.samples.x, lesson.samples.y, strict=True)
        ]
    return operations


def _exam(bare: ModuleType, samples: Samples) -> list[Any]:
    return [bare.predict(features(x).tobytes()) for x in samples.x]


def _accuracy(predictions: list[tuple[int, int]], samples: Samples) -> float:
    labels = [label for label, _ in predictions]
    hits = sum(bool(a == b) for a, b in zip(labels, samples.y, strict=True))
    return hits / len(samples)


def _watcher(view: View, truth: list[int]) -> Any:
    """Shows the predictions made so far of those that will be learned from."""
    shown = 0

    def look(predictions: list[tuple[int, int]]) -> None:
        nonlocal shown
        for (label, _), right in list(zip(predictions, truth, strict=False))[shown:]:
            view.see(label == right)
            shown += 1

    return look


def run(root: Path, record: bytes, course: Course, view: View) -> Outcome:
    """The whole course; the power cycle is a new QEMU process on the saved record."""
    bare = runner(root)
    try:
        return _run(bare, record, course, view)
    except bare.BareError as error:
        raise DemoError(str(error)) from None


def _run(bare: ModuleType, record: bytes, course: Course, view: View) -> Outcome:
    image, exam = bare.build(TARGET), _exam(bare, course.held_out)
    before = bare.run(image, bare.Job(record, exam)).predictions
    truth = [int(y) for lesson in course.passes() for y in lesson.samples.y]
    job = bare.Job(record, [*_lessons(bare, course), *exam])
    learned = bare.run(image, job, progress=_watcher(view, truth))
    again = bare.run(image, bare.Job(learned.record, exam)).predictions
    measured = {
        "instructions_per_step": round(learned.instructions_per_step),
        "ram_bytes": learned.ram,
        "sim_flash_bytes": 0,
        "flash_bytes": learned.flash,
    }
    held_out = course.held_out
    return Outcome(
        learned.record,
        _accuracy(before, held_out),
        _accuracy(learned.predictions[len(truth) :], held_out),
        _accuracy(again, held_out),
        measured,
    )
