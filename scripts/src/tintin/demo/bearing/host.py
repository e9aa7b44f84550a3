# SPDX-License-Identifier: Apache-2.0
"""The course on this computer: pipeline, engine and learner are the C files of the device."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tintin.demo.bearing.course import Course, Part
from tintin.demo.bearing.life import examine_all, live
from tintin.demo.bearing.outcome import Outcome
from tintin.demo.host import NOT_MEASURED
from tintin.learner import Learner, State
from tintin.link.view import View
from tintin.signals import learning
from tintin.signals.pipeline import process

LOOK_EVERY = 5  # labelled windows


class Twin:
    """What the firmware does, call by call: a window is predicted when it comes, labelled later."""

    def __init__(self, course: Course, state: State | None = None) -> None:
        """Out of the factory, or from what was saved."""
        self._course = course
        device = course.application.device
        record, memory = state or (course.record, None)
        self.options, layers = learning.options(device), learning.layers(device)
        self._learner = Learner(record, self.options, train=layers, memory=memory)
        self.state = State(record, memory or b"")

    def _features(self, windows: npt.ArrayLike) -> npt.NDArray[np.int8]:
        readings = np.asarray(windows, np.int16).reshape(-1, 1)
        return process(self._course.description, [readings], self._course.centres).features

    def close_class(self, label: int) -> None:
        """As Monitor.close_class()."""
        self._learner.close_classes([label])

    def learn(self, readings: Sequence[int], label: int) -> int:
        """As Monitor.learn()."""
        (x,) = self._features(readings)
        predicted = self._learner.observe(x).label
        self._learner.run()
        self._learner.teach(x, label)
        self._learner.run()
        return int(predicted)

    def predict(self, readings: Sequence[int]) -> int:
        """As Monitor.predict()."""
        return int(self._learner.predict_many(self._features(readings))[0])

    def idle(self) -> None:
        """As Monitor.idle()."""
        self._learner.idle()
        self._learner.run()

    def save(self) -> None:
        """As Monitor.save()."""
        self.state = self._learner.save()

    def examine(self, exam: Part) -> float:
        """As Monitor.examine()."""
        predicted = self._learner.predict_many(self._features(exam.samples.x))
        return float((predicted == exam.samples.y).mean())

    def counted(self) -> dict[str, int]:
        """By the names of Outcome.learner."""
        counters = self._learner.counters
        return {
            "steps": counters.steps,
            "kept": counters.kept,
            "rolled_back": counters.rollbacks,
            "drift_alarms": sum(counters.alarms.values()),
            "open_classes": len(self._learner.open_classes),
        }


def run(course: Course, view: View) -> Outcome:
    """The whole life; the power cycle is a new learner on what was saved."""
    twin = Twin(course)
    life = live(twin, course, view, LOOK_EVERY)
    again = examine_all(Twin(course, twin.state), course.latest)
    return Outcome(life, twin.counted(), twin.state, again, dict.fromkeys(NOT_MEASURED))
