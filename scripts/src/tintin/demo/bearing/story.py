# SPDX-License-Identifier: Apache-2.0
"""Where the monitor lives, what is told about it, and what it must have shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tintin.cli.progress import progress_bar
from tintin.demo.bearing import host
from tintin.demo.bearing.course import Course, bearing_course
from tintin.demo.bearing.outcome import Outcome
from tintin.demo.bearing.picture import life_curve
from tintin.demo.errors import DemoError
from tintin.files import write_atomically
from tintin.link.view import View

OWN = 0.8  # of a load, after its own labelled windows
KEPT = 0.05  # that a load's accuracy may fall below what it was just after its own windows


@dataclass(frozen=True)
class Place:
    """Where the course runs; a firmware's place takes the same windows over its sensor."""

    name: str
    run: Callable[[Course, View], Outcome]


HOST = Place("this computer", host.run)


def taught(seed: int, quiet: bool) -> Course:
    """The course; teaching the network in the factory takes seconds."""
    bar = progress_bar()
    bar.console.quiet = quiet
    task = bar.add_task("pretraining at load 0", total=None, running="", test="")
    with bar:
        return bearing_course(seed, lambda passes: bar.update(task, advance=passes))


def tell(place: Place, seed: int, picture: Path, quiet: bool) -> dict[str, Any]:
    """Run the course there, draw it, and say what there is to be said."""
    course = taught(seed, quiet)
    with View("learning", course.total, quiet) as view:
        outcome = place.run(course, view)
    picture.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(picture, life_curve(course, outcome, f"Bearing faults on {place.name}"))
    Console(stderr=True, quiet=quiet).print(_table(course, outcome))
    return _told(course, outcome) | {"place": place.name, "picture": str(picture)}


def check(told: dict[str, Any]) -> None:
    """Raise DemoError where the demo did not show what it promises."""
    for name, values in told["exams"].items():
        if values["own"] < OWN:
            raise DemoError(
                f"{name}: {values['own']:.1%} after its labelled windows, below {OWN:.0%}"
            )
        if values["after"] < values["own"] - KEPT:
            raise DemoError(f"{name}: {values['own']:.1%} fell to {values['after']:.1%} later")


def _told(course: Course, outcome: Outcome) -> dict[str, Any]:
    """By exam: as shipped, after the meeting that it belongs to, and at the end."""
    exams = {}
    for i, (part, own) in enumerate(zip(course.exams, outcome.ends, strict=True)):
        looks = {"before": outcome.ends[0], "own": own, "after": outcome.ends[-1]}
        exams[part.name] = {key: round(look.accuracy[i], 6) for key, look in looks.items()}
    return {
        "demo": course.application.name,
        "source": "model of a machine",
        "seed": course.seed,
        "labelled": course.total,
        "exams": exams,
        "new_fault": course.exams[-1].name,
        "hits_before_learning": outcome.hits,
        "events": outcome.events,
        "ram_bytes": outcome.ram,
        "record_bytes": len(outcome.record),
    }


def _table(course: Course, outcome: Outcome) -> Table:
    """A row for each exam, a column for each time of life."""
    table = Table(title="accuracy, %")
    table.add_column("exam")
    heads = ("as shipped", *(f"after {part.name}" for part in course.meetings))
    for head in heads:
        table.add_column(head, justify="right")
    for i, part in enumerate(course.exams):
        cells = [f"{100 * look.accuracy[i]:.1f}" for look in outcome.ends]
        if i > 0:
            cells[i] = f"[bold green]{cells[i]}[/]"
        table.add_row(part.name, *cells)
    return table
