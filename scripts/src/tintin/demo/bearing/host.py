# SPDX-License-Identifier: Apache-2.0
"""The course on this computer: pipeline, engine and learner are the C files of the device."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from tintin.demo.bearing.course import Course
from tintin.demo.bearing.outcome import Look, Outcome
from tintin.learner import Learner, Options
from tintin.link.session import Samples
from tintin.link.view import View
from tintin.signals.pipeline import process

LOOK_EVERY = 5  # labelled windows


class _Monitor:
    """A device's software around a learner, and looks at what it knows."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self.learner = Learner(course.record, Options(seed=course.seed))
        self.learner.close_classes([course.closed])
        self._exams = [(self.features(e.samples), e.samples.y) for e in course.exams]
        self.looks: list[Look] = []
        self.labelled = self.hits = 0
        for x, y in zip(self.features(course.remembered), course.remembered.y, strict=True):
            self.learner.remember(x, int(y))

    def features(self, samples: Samples) -> npt.NDArray[np.int8]:
        """By the pipeline, from the centres of the factory."""
        readings = samples.x.reshape(-1, 1)
        description = self._course.application.description
        return process(description, [readings], self._course.centres).features

    def look(self) -> Look:
        """An exam of everything; nothing is learned."""
        found = [float((self.learner.predict_many(x) == y).mean()) for x, y in self._exams]
        self.looks.append(Look(self.labelled, tuple(found)))
        return self.looks[-1]

    def meet(self, samples: Samples, idle: int, view: View) -> None:
        """Windows with their labels, then time to learn from the buffer, and the guard's word."""
        for x, y in zip(self.features(samples), samples.y, strict=True):
            hit = self.learner.observe(x, int(y)).label == y
            self.learner.run()
            self.hits += int(hit)
            self.labelled += 1
            view.see(bool(hit))
            if self.labelled % LOOK_EVERY == 0:
                self.look()
        self.learner.idle(idle)
        self.learner.settle()


def run(course: Course, view: View) -> Outcome:
    """The whole life."""
    monitor = _Monitor(course)
    ends = [monitor.look()]
    for part in course.meetings:
        view.describe(part.name)
        monitor.meet(part.samples, course.idle, view)
        ends.append(monitor.look())
    learner = monitor.learner
    ram = {
        "pipeline": course.application.description.memory,
        "network": learner.network.arena_size,
        "learner": learner.memory_size,
    }
    events = Counter(event.kind for event in learner.events())
    record = learner.save().record
    return Outcome(monitor.looks, ends, monitor.hits, dict(events), record, ram)
