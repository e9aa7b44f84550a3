# SPDX-License-Identifier: Apache-2.0
"""The learner's float twin: the same methods, buffer, order and rate, in float32.

It follows src/learner.c without the guard's rollbacks and without alarms.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tintin.lifelong.agent import REPLAYED, Happening, Setup
from tintin.lifelong.float_mlp import FloatMlp, Vector
from tintin.lifelong.pull import Pull
from tintin.lifelong.reservoir import Reservoir
from tintin.lifelong.scenario import NO_LABEL, Labels, Samples

IMPRINT = 5
MEAN_MEMORY = 1024
EVIDENCE = 4


@dataclass
class _Stored:
    latent: Vector
    label: int


class FloatAgent:
    """A float network that lives as the learner does."""

    def __init__(self, network: FloatMlp, setup: Setup, *, new_classes: bool, seed: int) -> None:
        self._network = network
        self._setup = setup
        classes = len(network.head.bias)
        self._reservoir = Reservoir(setup.slots, classes, setup.held_share, seed)
        self._stored: dict[int, _Stored] = {}
        self._learned = [0] * classes
        self._pull = Pull(network) if setup.method == "ewc" else None
        self._observed = 0
        self._met = 0
        self._happenings: list[Happening] = []
        self.steps = 0
        if new_classes or setup.method == "ncm":
            for label in range(classes):
                network.close(label)

    @property
    def memory_bytes(self) -> int:
        """Of the samples as float32."""
        values = sum(stored.latent.size for stored in self._stored.values())
        return 4 * values

    def remember(self, x: Samples, y: Labels) -> None:
        """Let samples pass by the buffer."""
        for latent, label in zip(self._network.latents(x), y, strict=True):
            self._claim(latent, int(label))

    def stream(self, x: Samples, labels: Labels) -> npt.NDArray[np.uint16]:
        """Live through samples; the predictions were made before learning."""
        out = np.zeros(len(x), np.uint16)
        for i, latent in enumerate(self._network.latents(x)):
            out[i] = self._network.logits(latent).argmax()
            self._observed += 1
            if labels[i] != NO_LABEL:
                self._teach(latent, int(labels[i]))
        return out

    def idle(self, steps: int) -> None:
        """Learn from the buffer."""
        self._replay(steps)

    def settle(self) -> None:
        """Nothing is ever under way."""

    def power_cycle(self) -> None:
        """Go on from a copy of everything."""
        self._network = copy.deepcopy(self._network)
        self._stored = copy.deepcopy(self._stored)
        if self._pull is not None:
            self._pull.network = self._network

    def predict_many(self, x: Samples) -> npt.NDArray[np.uint16]:
        """Classes of samples; nothing is learned."""
        return self._network.predict_many(x)

    def happenings(self) -> list[Happening]:
        """Classes that were opened since the last call."""
        said, self._happenings = self._happenings, []
        return said

    def _teach(self, latent: Vector, label: int) -> None:
        held = self._claim(latent, label)
        if not held and self._judgeable():
            self._step(latent, label, fresh=True)
        if self._judgeable():
            self._replay(self._setup.replays)

    def _claim(self, latent: Vector, label: int) -> bool:
        self._met += 1
        stored, held = self._reservoir.claim(self._met, label)
        if stored:
            self._stored[self._met] = _Stored(latent.copy(), label)
            if len(self._stored) > 4 * self._setup.slots:
                kept = set(self._reservoir.sample)
                self._stored = {k: v for k, v in self._stored.items() if k in kept}
        return held

    def _judgeable(self) -> bool:
        enough = self._reservoir.held >= EVIDENCE and self._reservoir.present >= 2
        return enough or not self._setup.guarded

    def _replay(self, steps: int) -> None:
        if self._setup.method not in REPLAYED:
            return
        for _ in range(steps):
            drawn = self._reservoir.draw()
            if drawn is None:
                return
            stored = self._stored[drawn]
            self._step(stored.latent, stored.label, fresh=False)

    def _step(self, latent: Vector, label: int, fresh: bool) -> None:
        values = self._network.activations(latent)
        self.steps += 1
        if self._setup.method == "ncm":
            self._learn_mean(values, label)
            return
        self._open(values, label, fresh)
        errors = self._network.learn(values, label)
        if self._pull is not None:
            self._pull.watch(values, errors)

    def _open(self, values: list[Vector], label: int, fresh: bool) -> None:
        if not self._network.is_open(label):
            if self._pull is not None:
                self._pull.anchor()
            self._say_opened(label)
            self._learned[label] = 1
            self._network.imprint(values, label, 1)
        elif fresh and 0 < self._learned[label] < IMPRINT:
            self._learned[label] += 1
            self._network.imprint(values, label, self._learned[label])

    def _learn_mean(self, values: list[Vector], label: int) -> None:
        if not self._network.is_open(label):
            self._say_opened(label)
            self._learned[label] = 0
        self._learned[label] = min(self._learned[label] + 1, MEAN_MEMORY)
        self._network.learn_mean(values, label, self._learned[label])

    def _say_opened(self, label: int) -> None:
        self._happenings.append(Happening("opened", str(label), self._observed))
