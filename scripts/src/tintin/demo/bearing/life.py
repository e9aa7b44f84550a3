# SPDX-License-Identifier: Apache-2.0
"""A monitor's life, the same wherever the monitor runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tintin.demo.bearing.course import Course, Part
from tintin.demo.bearing.outcome import Life, Look
from tintin.link.session import Learner, Seen, teach
from tintin.link.view import View


class Monitor(Learner, Protocol):
    """The firmware, or its twin on this computer. Each call returns when all it takes is done."""

    def close_class(self, label: int) -> None:
        """Have a class wait for its first label."""

    def idle(self) -> None:
        """A time to learn from the buffer."""

    def save(self) -> None:
        """Have what was learned judged, and keep what is good."""

    def examine(self, exam: Part) -> float:
        """Share of windows predicted rightly; nothing is learned."""


class _Book:
    """What is written down while a monitor lives."""

    def __init__(self, monitor: Monitor, course: Course) -> None:
        self._monitor, self._course = monitor, course
        self.looks: list[Look] = []
        self.labelled = 0

    def look(self, exams: Sequence[Part]) -> Look:
        """Some exams; nothing is learned."""
        self.looks.append(Look(self.labelled, examine_all(self._monitor, exams)))
        return self.looks[-1]

    def watcher(self, view: View, every: int) -> Seen:
        """Counts and shows the windows of a meeting; all exams after `every` of them, 0: none."""

        def see(hit: bool) -> None:
            view.see(hit)
            self.labelled += 1
            if every and self.labelled % every == 0:
                self.look(self._course.exams)

        return see


def live(monitor: Monitor, course: Course, view: View, every: int = 0) -> Life:
    """The factory, then each meeting with time to rest after it, and exams."""
    book, hits = _Book(monitor, course), 0
    _leave_factory(monitor, course, view)
    ends = [book.look(course.exams)]
    own = {course.exams[0].name: ends[0].accuracy[course.exams[0].name]}
    for part in course.meetings:
        view.describe(part.name)
        hits += teach(monitor, part.samples, book.watcher(view, every))
        _rest(monitor, course)
        ends.append(book.look(course.exams_after(part)))
        own[part.name] = ends[-1].accuracy[part.name]
    return Life(book.looks, ends, hits, own)


def examine_all(monitor: Monitor, exams: Sequence[Part]) -> dict[str, float]:
    """Accuracies by exam."""
    return {exam.name: monitor.examine(exam) for exam in exams}


def _leave_factory(monitor: Monitor, course: Course, view: View) -> None:
    """Its buffer is filled with labelled windows of what its network was taught."""
    view.describe("factory")
    monitor.close_class(course.closed)
    teach(monitor, course.factory, lambda hit: None)
    _rest(monitor, course)


def _rest(monitor: Monitor, course: Course) -> None:
    for _ in range(course.rests):
        monitor.idle()
    monitor.save()
