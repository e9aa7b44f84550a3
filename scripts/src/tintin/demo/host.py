# SPDX-License-Identifier: Apache-2.0
"""The course on this computer, through the same C files."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tintin.demo.course import Course, Outcome
from tintin.engine import Network
from tintin.link.session import examine, teach
from tintin.link.view import View

# What only a microcontroller can tell; here null, so that every place answers with the same keys.
NOT_MEASURED = ("instructions_per_step", "ram_bytes", "sim_flash_bytes", "flash_bytes")
FEATURE_SHIFT = 2  # pixel 0..16 to 0..64, as app/boards/pipeline.dtsi has it


def features(readings: Sequence[int]) -> npt.NDArray[np.int8]:
    """What the application makes of a window of readings."""
    shifted = np.asarray(readings, dtype=np.int32) << FEATURE_SHIFT
    return np.asarray(shifted.clip(-127, 127), dtype=np.int8)


class HostLearner:
    """The engine on this computer, taking readings as a device would."""

    def __init__(self, record: bytes) -> None:
        # Prediction's own workspace, as on the device; it changes no bit of what is learned.
        self.network = Network(record, concurrent=True)

    def predict(self, readings: Sequence[int]) -> int:
        """As Learner.predict()."""
        return int(self.network.predict(features(readings)).label)

    def learn(self, readings: Sequence[int], label: int) -> int:
        """As Learner.learn()."""
        return int(self.network.learn(features(readings), label).label)


def run(record: bytes, course: Course, view: View | None = None) -> Outcome:
    """The whole course; the power cycle is a new network on the saved record."""
    learner = HostLearner(record)
    before = examine(learner, course.held_out)
    for lesson in course.passes():
        learner.network.set_rate(lesson.rate)
        if view is not None:
            view.describe(f"pass {lesson.number}, rate {lesson.rate:g}")
        teach(learner, lesson.samples, view.see if view else lambda hit: None)
    after = examine(learner, course.held_out)
    saved = learner.network.save()
    again = examine(HostLearner(saved), course.held_out)
    return Outcome(saved, before, after, again, dict.fromkeys(NOT_MEASURED))
