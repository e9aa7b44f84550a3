# SPDX-License-Identifier: Apache-2.0
"""Who learns in the benchmark of applications: the engine with its learner, and float32 beside it.

Both begin with the weights of the same record, learn the same samples in the same order at the
same rates, and then live with a buffer of the same size that holds the same samples. The guard
and its rollbacks are the learner's alone.
"""

from __future__ import annotations

from copy import copy
from typing import Protocol

import numpy as np
import numpy.typing as npt

from float_sgd import FloatNetwork
from tintin import record as records
from tintin.engine import Network
from tintin.layers import Dense
from tintin.learner import Learner, Options
from tintin.lifelong.reservoir import Reservoir
from tintin.model import Model
from tintin.signals import learning
from tintin.signals.application import Application
from tintin.signals.application import Device as Built
from tintin.signals.certainty import certainty

OURS, FLOAT = "tintin", "float32 SGD"
SHARE = 4  # one in so many samples is held out for the guard, of float32 to no purpose

X = npt.NDArray[np.int8]
Y = npt.NDArray[np.uint16]


class Device(Protocol):
    """A network that is taught in the factory and then lives."""

    def learn(self, x: X, y: Y, rate: float) -> None:
        """In the factory: learn from samples in order."""

    def copy(self) -> Device:
        """Another that was taught the same."""

    def ship(self, application: Application, x: X, y: Y) -> None:
        """Leave the factory as the application does, with these samples in the buffer."""

    def as_built(self, built: Built, rate: float) -> Device | None:
        """A second one that knows as much, with its firmware's learner, if there is one."""

    def live(self, x: X, y: Y, idle: int) -> Y:
        """Labelled samples in order, then `idle` steps of rest; what was predicted before each."""

    def predict(self, x: X) -> Y:
        """Classes; nothing is learned."""

    def certainty(self, x: X) -> npt.NDArray[np.float64]:
        """Of two classes: the more, the surer that it is class 1."""


class Integer:
    """The code of the device."""

    def __init__(self, model: Model, seed: int) -> None:
        self._network = Network(records.write(model, seed))
        self._seed = seed
        self._learner: Learner | None = None

    def copy(self) -> Integer:
        """As Device."""
        twin = copy(self)
        twin._network, twin._learner = Network(self._network.save()), None
        return twin

    def learn(self, x: X, y: Y, rate: float) -> None:
        """As Device."""
        self._network.set_rate(rate)
        self._network.learn_many(x, y)

    def _shipped(self, built: Built, rate: float) -> bytes:
        self._network.set_rate(rate)
        return learning.shipped(built, self._network.save())

    def ship(self, application: Application, x: X, y: Y) -> None:
        """As Device."""
        record = self._shipped(application.device, application.training.life_rate)
        self._learner = Learner(record, Options(seed=self._seed, share=SHARE))
        for sample, label in zip(x, y, strict=True):
            self._learner.remember(sample, int(label))
        self._network = self._learner.network

    def as_built(self, built: Built, rate: float) -> Device:
        """Layers and buffer of 64 KB of RAM; nothing of the factory's is in it."""
        twin = self.copy()
        options, record = learning.options(built, self._seed), twin._shipped(built, rate)
        twin._learner = Learner(record, options, train=learning.layers(built))
        twin._network = twin._learner.network
        return twin

    def live(self, x: X, y: Y, idle: int) -> Y:
        """As Device."""
        assert self._learner is not None
        before = self._learner.stream(x, y.astype(np.int32))
        if self._learner.options.slots:
            self._learner.idle(idle)
        self._learner.settle()
        return before

    def predict(self, x: X) -> Y:
        """As Device."""
        return self._network.predict_many(x)

    def certainty(self, x: X) -> npt.NDArray[np.float64]:
        """As Device."""
        return certainty(self._network, x).astype(np.float64)


class Float:
    """float_sgd.c, and replay from a buffer of what the learner would have in it."""

    def __init__(self, model: Model, seed: int) -> None:
        self._network = FloatNetwork(records.write(model, seed))
        self._model = model
        self._seed = seed
        self._options = Options(seed=seed, share=SHARE).filled()

    def copy(self) -> Float:
        """As Device."""
        twin = Float(self._model, self._seed)
        for own, other in zip(twin._planes(), self._planes(), strict=True):
            own[...] = other
        return twin

    def _planes(self) -> list[npt.NDArray[np.float32]]:
        every = [*self._network.weights, *self._network.biases]
        return [plane for plane in every if plane is not None]

    def learn(self, x: X, y: Y, rate: float) -> None:
        """As Device."""
        self._network.learn_many(x, y, rate)

    def ship(self, application: Application, x: X, y: Y) -> None:
        """As Device."""
        assert self._options.slots is not None
        self._rate = application.training.life_rate
        self._reservoir = Reservoir(self._options.slots, self._model.classes, SHARE, self._seed)
        self._samples: list[npt.NDArray[np.int8]] = []
        for sample, label in zip(x, y, strict=True):
            self._claim(sample, int(label))

    def as_built(self, built: Built, rate: float) -> None:
        """There is no such firmware."""

    def live(self, x: X, y: Y, idle: int) -> Y:
        """As Device."""
        assert self._options.replays is not None
        before = np.empty(len(x), np.uint16)
        for i, (sample, label) in enumerate(zip(x, y, strict=True)):
            before[i] = self._network.predict_many(sample[None])[0]
            if not self._claim(sample, int(label)):
                self._network.learn_many(sample[None], y[i : i + 1], self._rate)
            self._replay(self._options.replays)
        self._replay(idle)
        return before

    def predict(self, x: X) -> Y:
        """As Device."""
        return self._network.predict_many(x)

    def certainty(self, x: X) -> npt.NDArray[np.float64]:
        """As Device: the distance of the two logits; of dense layers alone."""
        values = np.ldexp(x.astype(np.float64), self._model.input_exp)
        layers = zip(self._model.layers, self._network.weights, self._network.biases, strict=True)
        for layer, weight, bias in layers:
            assert isinstance(layer, Dense)
            assert weight is not None
            assert bias is not None
            values = values @ weight.reshape(layer.outputs, -1).T + bias
            values = np.maximum(values, 0) if layer.relu else values
        return np.asarray(values[:, 1] - values[:, 0])

    def _claim(self, sample: npt.NDArray[np.int8], label: int) -> bool:
        self._samples.append(sample)
        return self._reservoir.claim(len(self._samples) - 1, label)[1]

    def _replay(self, steps: int) -> None:
        drawn = [self._reservoir.draw() for _ in range(steps)]
        kept = [number for number in drawn if number is not None]
        if kept:
            labels = dict(zip(self._reservoir.sample, self._reservoir.label, strict=True))
            y = np.array([labels[number] for number in kept], np.uint16)
            self._network.learn_many(np.stack([self._samples[n] for n in kept]), y, self._rate)


DEVICES = {OURS: Integer, FLOAT: Float}
