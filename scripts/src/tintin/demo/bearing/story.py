# SPDX-License-Identifier: Apache-2.0
"""Where the monitor lives, what is told about it, and what it must have shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from tintin.cli.progress import progress_bar
from tintin.demo import workspace
from tintin.demo.bearing import device, firmware, host
from tintin.demo.bearing.course import Course, bearing_course
from tintin.demo.bearing.outcome import Outcome
from tintin.demo.bearing.picture import life_curve
from tintin.demo.bearing.table import life_table
from tintin.demo.errors import DemoError, NoZephyrError
from tintin.demo.repository import root
from tintin.engine import arena_size
from tintin.files import write_atomically
from tintin.link.view import View
from tintin.signals import learning

OWN = 0.8  # of a load, after its own labelled windows
KEPT = 0.05  # that a load's accuracy may fall below what it was just after its own windows
Say = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """Where the course runs."""

    name: str
    run: Callable[[Course, View], Outcome]


HOST = Place("this computer", host.run)


def on_firmware(course: Course, say: Say) -> Place:
    """The application on Zephyr, with the course's network. Raises NoZephyrError, DemoError."""
    checkout = _checkout()
    tree = workspace.tree(checkout, say)
    say(f"building the application with Zephyr in {tree.base} (a minute or two)")
    elf = firmware.build(tree, checkout, course)
    return Place("Zephyr on qemu_cortex_m3", lambda course, view: device.run(elf, course, view))


def best_place(course: Course, say: Say) -> Place:
    """The firmware, else this computer; says why in a line."""
    try:
        return on_firmware(course, say)
    except NoZephyrError as error:
        say(f"no Zephyr ({error}): the same learner on this computer")
    return HOST


def _checkout() -> Path:
    try:
        return root()
    except DemoError as error:
        raise NoZephyrError(str(error)) from None


def taught(seed: int, quiet: bool) -> Course:
    """The course; teaching the network in the factory takes seconds."""
    bar = progress_bar()
    bar.console.quiet = quiet
    task = bar.add_task("pretraining at load 0", total=None, running="", test="")
    with bar:
        return bearing_course(seed, lambda passes: bar.update(task, advance=passes))


def tell(place: Place, course: Course, picture: Path, quiet: bool) -> dict[str, Any]:
    """Run the course there and on this computer, compare every bit, draw and say how it went."""
    with View("learning", course.total, quiet) as view:
        outcome = place.run(course, view)
    twin = outcome if place.name == HOST.name else _twin(course)
    # Same bytes of network and buffer, after the same windows and labels.
    equal = None if twin is outcome else outcome.state == twin.state
    title = f"Bearing faults on {place.name}"
    picture.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(picture, life_curve(course, outcome.life, twin.life, title))
    told = _told(course, outcome)
    Console(stderr=True, quiet=quiet).print(life_table(told["exams"]))
    head = {"demo": course.application.name, "place": place.name}
    return head | told | {"host_equal": equal, "picture": str(picture)}


def check(told: dict[str, Any]) -> None:
    """Raise DemoError where the demo did not show what it promises."""
    if told["host_equal"] is False:
        raise DemoError("what the device saved differs from the host's after the same stream")
    for name, values in told["exams"].items():
        if values["own"] < OWN:
            raise DemoError(
                f"{name}: {values['own']:.1%} after its labelled windows, below {OWN:.0%}"
            )
        if values["after"] < values["own"] - KEPT:
            raise DemoError(f"{name}: {values['own']:.1%} fell to {values['after']:.1%} later")
        if values.get("after_power_cycle", values["after"]) != values["after"]:
            raise DemoError(f"{name}: the accuracy after the power cycle is another one")


def _twin(course: Course) -> Outcome:
    with View("", course.total, quiet=True) as view:
        return host.run(course, view)


def _told(course: Course, outcome: Outcome) -> dict[str, Any]:
    return {
        "source": "model of a machine",
        "seed": course.seed,
        "labelled": course.total,
        "exams": {exam.name: _times(outcome, exam.name) for exam in course.exams},
        "new_fault": course.exams[-1].name,
        "hits_before_learning": outcome.life.hits,
        "learner": outcome.learner,
        **outcome.measured,
        "parts_ram_bytes": _parts(course),
        "record_bytes": len(outcome.state.record),
    }


def _times(outcome: Outcome, exam: str) -> dict[str, float]:
    """An exam as shipped, after the meeting that it belongs to, and at the end."""
    life = outcome.life
    found = {"before": life.ends[0].accuracy[exam], "own": life.own[exam]}
    found["after"] = life.ends[-1].accuracy[exam]
    if exam in outcome.again:
        found["after_power_cycle"] = outcome.again[exam]
    return {time: round(accuracy, 6) for time, accuracy in found.items()}


def _parts(course: Course) -> dict[str, int]:
    """Memory of each part on any device."""
    built = course.application.device
    layers = learning.layers(built)
    return {
        "pipeline": course.description.memory,
        "network": arena_size(course.record, train=layers, concurrent=built.concurrent),
        "learner": learning.memory(built, course.record),
    }
