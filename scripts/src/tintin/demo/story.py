# SPDX-License-Identifier: Apache-2.0
"""Which learner goes through the course, and what is told about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tintin.demo import bare, device, host, repository, workspace, zephyr
from tintin.demo.course import Course, Outcome
from tintin.demo.errors import NoZephyrError
from tintin.files import write_atomically
from tintin.link.picture import running_curve
from tintin.link.view import View

Say = Callable[[str], None]
HOST = "this computer"


@dataclass(frozen=True)
class Place:
    """Where the learner runs."""

    name: str
    run: Callable[[View], Outcome]


@dataclass(frozen=True)
class Demo:
    """The sources, the course, and how to say what goes on."""

    root: Path
    course: Course
    say: Say

    @property
    def record(self) -> bytes:
        """The network that knows nothing."""
        return (self.root / repository.MODEL).read_bytes()

    def firmware(self) -> Place:
        """The application on Zephyr. Raises NoZephyrError, DemoError."""
        tree = workspace.tree(self.root, self.say)
        self.say(f"building the application with Zephyr in {tree.base} (a minute or two)")
        elf = zephyr.build(tree, self.root, self.root / repository.BUILD / "app")
        return Place("Zephyr on qemu_cortex_m3", lambda view: device.run(elf, self.course, view))

    def bare_metal(self) -> Place | None:
        """The engine on a bare Cortex-M3; None, and said, where there is no compiler or QEMU."""
        lacking = bare.missing(self.root)
        if lacking:
            self.say(f"no emulated Cortex-M3 ({lacking}): on this computer alone")
            return None
        return Place(
            "bare Cortex-M3 in QEMU",
            lambda view: bare.run(self.root, self.record, self.course, view),
        )

    def on_host(self) -> Place:
        """The engine on this computer."""
        return Place(HOST, lambda view: host.run(self.record, self.course, view))

    def best_place(self) -> Place:
        """The firmware, else the bare core, else this computer; says why in a line each."""
        try:
            return self.firmware()
        except NoZephyrError as error:
            self.say(f"no Zephyr ({error}): the same learner without it")
        return self.bare_metal() or self.on_host()

    def tell(self, place: Place, quiet: bool = False) -> dict[str, Any]:
        """Run the course there and on this computer, compare every bit, draw the curve."""
        self.say(f"{place.name} learns {self.course.total} samples")
        with View("learning", self.course.total, quiet) as view:
            outcome = place.run(view)
        equal = None if place.name == HOST else self._equals_host(outcome)
        curve = self.root / repository.BUILD / "curve.png"
        curve.parent.mkdir(parents=True, exist_ok=True)
        marks = {
            "before": outcome.accuracy_before,
            "after": outcome.accuracy_after,
            "after the power cycle": outcome.accuracy_after_power_cycle,
        }
        write_atomically(curve, running_curve(view.accuracy, marks, f"Digits on {place.name}"))
        return {
            "place": place.name,
            "samples": self.course.total,
            "passes": len(self.course.rates),
            "accuracy_before": round(outcome.accuracy_before, 6),
            "accuracy_after": round(outcome.accuracy_after, 6),
            "accuracy_after_power_cycle": round(outcome.accuracy_after_power_cycle, 6),
            **outcome.measured,
            "record_bytes": len(outcome.record),
            "host_equal": equal,
            "curve": str(curve),
        }

    def _equals_host(self, outcome: Outcome) -> bool:
        """Has the engine on this computer the same bytes after the same stream?"""
        self.say("the same stream through the engine on this computer")
        return outcome.record == host.run(self.record, self.course).record
