# SPDX-License-Identifier: Apache-2.0
"""A network opened from a record: predict, learn, save."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace

import numpy as np

from . import loss
from .avg_pool import AvgPool
from .conv2d import Conv2d
from .dense import Dense
from .fixed import Ints, Tensor, exponent, peak
from .max_pool import MaxPool
from .random_words import Xorshift32
from .record import AVG_POOL, CONV2D, DENSE, MAX_POOL, Layer, Rate, Record, read, write
from .scaling import ACTIVATION_TOLERANCE
from .update import Batch, update_now

LOOK_EVERY = 64  # steps between two looks at the largest weight
AnyLayer = Dense | Conv2d | MaxPool | AvgPool


@dataclass
class Pass:
    """What one sample leaves behind: inputs[l] is what layer l read, errors[l] what came back."""

    inputs: list[Tensor] = field(default_factory=list)
    winners: dict[int, Ints] = field(default_factory=dict)
    logits: Tensor | None = None
    errors: dict[int, Tensor] = field(default_factory=dict)
    label: int = 0
    confidence: int = 0


def _runtime(layer: Layer, trained: bool) -> AnyLayer:
    if layer.kind == DENSE:
        return Dense(layer, trained)
    if layer.kind == CONV2D:
        return Conv2d(layer, trained)
    return {MAX_POOL: MaxPool, AVG_POOL: AvgPool}[layer.kind](layer)


class Network:
    """Learns in the layers numbered in `train`, in mini-batches of 2^batch_log2."""

    def __init__(self, data: bytes, train: frozenset[int], batch_log2: int = 0) -> None:
        self.record: Record = read(data)
        layers = self.record.layers
        self.trained = sorted(n for n in train if layers[n].weighted)
        self.layers = [_runtime(layer, n in self.trained) for n, layer in enumerate(layers)]
        self.first = min(self.trained, default=len(layers))
        self.rng = Xorshift32(self.record.rng)
        self.step = self.record.step
        self.rate = self.record.rate
        self.parent = self.record.parent or struct.unpack("<I", data[-4:])[0]
        self.batch_log2, self.batched = batch_log2, 0
        masters = {n: self.layers[n].master for n in self.trained}
        self.batches = {n: Batch(m, batch_log2) for n, m in masters.items() if batch_log2}

    def predict(self, x: Ints) -> Pass:
        """The forward pass of one sample; changes nothing."""
        return self._forward(x, learning=False)

    def learn(self, x: Ints, label: int) -> Pass:
        """One step; what it returns was predicted before it."""
        if self.step % LOOK_EVERY == 0:
            for n in self.trained:
                self.layers[n].master.look()
        seen = self._forward(x, learning=True)
        error = loss.error(loss.probabilities(seen.logits), label, self.rate.mantissa)
        if error.data.any():
            self._backward(seen, error)
        self.step = (self.step + 1) % 2**32
        self.batched += 1
        if self.batched == 1 << self.batch_log2:
            self.flush()
        return seen

    def flush(self) -> None:
        """Apply a mini-batch as it stands, if one has begun."""
        if self.batches and self.batched:
            for n in reversed(self.trained):
                self.batches[n].apply(self.rng)
        self.batched = 0

    def save(self) -> bytes:
        layers = [self._saved(n) for n in range(len(self.layers))]
        return write(
            replace(
                self.record, layers=layers, step=self.step, parent=self.parent,
                rng=self.rng.state, rate=self.rate,
            )
        )  # fmt: skip

    def set_rate(self, rate: Rate) -> None:
        self.rate = rate

    def _forward(self, x: Ints, learning: bool) -> Pass:
        seen = Pass()
        a = Tensor(np.asarray(x, np.int64).reshape(-1), self.record.input_exp)
        for n, layer in enumerate(self.layers):
            seen.inputs.append(a)
            if isinstance(layer, MaxPool):
                a, seen.winners[n] = layer.forward(a)
                continue
            acc = layer.forward(a)
            if layer.relu:
                acc = Tensor(np.maximum(acc.data, 0), acc.exp)
            if n + 1 < len(self.layers):
                a = self._quantise(layer, acc, learning and n >= self.first)
        seen.logits = acc
        seen.label = int(acc.data.argmax())
        seen.confidence = int(loss.probabilities(acc)[seen.label])
        return seen

    @staticmethod
    def _quantise(layer: AnyLayer, acc: Tensor, moving: bool) -> Tensor:
        out = Tensor(layer.activation.quantise(acc.data), exponent(acc.exp, layer.activation.shift))
        if moving:
            layer.activation.observe(acc.data, ACTIVATION_TOLERANCE)
        return out

    def _reads_relu(self, n: int) -> bool:
        """Whether layer n's input is a ReLU's output."""
        if n == 0:
            return False
        below = self.layers[n - 1]
        return below.relu or (isinstance(below, MaxPool) and self._reads_relu(n - 1))

    def _backward(self, seen: Pass, error: Tensor) -> None:
        for n in range(len(self.layers) - 1, self.first - 1, -1):
            seen.errors[n] = error
            if n > self.first:
                below = self._error_below(n, seen, error)
            if n in self.trained:
                self._learn_layer(n, seen.inputs[n], error)
            error = below if n > self.first else error

    def _error_below(self, n: int, seen: Pass, error: Tensor) -> Tensor:
        layer = self.layers[n]
        if isinstance(layer, MaxPool):
            return layer.backward(error, seen.winners[n])
        mask = seen.inputs[n].data != 0 if self._reads_relu(n) else True
        return layer.backward(error, mask)

    def _learn_layer(self, n: int, a: Tensor, error: Tensor) -> None:
        gradient = self.layers[n].gradient(a, error)
        if self.batches:
            self.batches[n].add(gradient, self.rate.shift)
        else:
            update_now(self.layers[n].master, gradient, self.rate.shift, self.rng)

    def _saved(self, n: int) -> Layer:
        """The layer as a record holds it now: of a frozen one only the scales can have moved."""
        layer, stored = self.layers[n], self.record.layers[n]
        if isinstance(layer, MaxPool):
            return stored
        saved = replace(stored, activation=layer.activation, error=layer.error)
        if layer.master is None:
            return saved
        m = layer.master
        assert peak(m.weight) <= 127
        return replace(
            saved, weight=m.weight, fraction=m.fraction, bias=m.bias, fraction_stored=True,
            weight_exp=m.exp, weight_bits=m.largest,
        )  # fmt: skip
