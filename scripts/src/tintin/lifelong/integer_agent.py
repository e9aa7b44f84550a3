# SPDX-License-Identifier: Apache-2.0
"""The learner itself, the very code of the device, in a scenario."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tintin.learner import SIGNALS, DriftOptions, Learner, Options
from tintin.lifelong.agent import Happening, Setup
from tintin.lifelong.scenario import Labels, Samples

OFF = DriftOptions(threshold=1, delta=0, mode="off")


def options_of(setup: Setup, seed: int) -> Options:
    """The learner's options for a setup."""
    return Options(
        method=setup.method,
        replays=setup.replays,
        slots=setup.slots,
        share=setup.held_share,
        seed=seed,
        drift={} if setup.drift else dict.fromkeys(SIGNALS, OFF),
    )


class IntegerAgent:
    """A learner over a record."""

    def __init__(
        self, record: bytes, train: list[int], setup: Setup, *, new_classes: bool, seed: int
    ) -> None:
        self._train = train
        self._learner = Learner(record, options_of(setup, seed), train=train)
        if new_classes:
            self._learner.close_classes(range(self._learner.network.classes))

    @property
    def memory_bytes(self) -> int:
        """Of the learner beside the network, buffer included."""
        return self._learner.memory_size

    @property
    def steps(self) -> int:
        """Learning steps so far."""
        return self._learner.counters.steps

    def remember(self, x: Samples, y: Labels) -> None:
        """Let samples pass by the buffer."""
        if self._learner.replay_size == 0:
            return  # a method that has no use for them
        for sample, label in zip(x, y, strict=True):
            self._learner.remember(sample, int(label))

    def stream(self, x: Samples, labels: Labels) -> npt.NDArray[np.uint16]:
        """Live through samples; the predictions were made before learning."""
        return self._learner.stream(x, labels)

    def idle(self, steps: int) -> None:
        """Learn from the buffer."""
        self._learner.idle(steps)

    def settle(self) -> None:
        """Have the guard judge the rest."""
        self._learner.settle()

    def power_cycle(self) -> None:
        """Go on from what was saved, in another learner."""
        state = self._learner.save()
        options = self._learner.options
        self._learner = Learner(state.record, options, train=self._train, memory=state.memory)

    def predict_many(self, x: Samples) -> npt.NDArray[np.uint16]:
        """Classes of samples; nothing is learned."""
        return self._learner.predict_many(x)

    def happenings(self) -> list[Happening]:
        """What happened since the last call."""
        return [Happening(e.kind, e.what, e.observed) for e in self._learner.events()]
