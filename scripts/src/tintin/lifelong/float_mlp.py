# SPDX-License-Identifier: Apache-2.0
"""Dense layers in float32, learning by plain SGD at batch 1: what the integers are held against.

The weights begin as those of a record. As in the engine, a class may be closed: it has no
probability and no error. Only dense networks; the yardstick for convolutions is
benchmarks/float_sgd.c.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tintin import record as records
from tintin.errors import ModelError
from tintin.layers import Dense
from tintin.planes import real_weights

BIAS_EXP = -20
CLOSED = np.float32(-256)
MARGIN = np.float32(0.5)
REACH = 4.0

Vector = npt.NDArray[np.float32]


@dataclass
class FloatLayer:
    """One dense layer: y = W x + b, with or without ReLU."""

    weight: Vector
    bias: Vector
    relu: bool
    scratch: Vector

    def forward(self, x: Vector) -> Vector:
        """Outputs of one sample [K], or of many [N, K]."""
        y: Vector = x @ self.weight.T + self.bias
        return np.maximum(y, 0, out=y) if self.relu else y

    def update(self, error: Vector, x: Vector, rate: np.float32) -> None:
        """One SGD step for the error at the outputs."""
        np.multiply.outer(error * rate, x, out=self.scratch)
        self.weight -= self.scratch
        self.bias -= rate * error


class FloatMlp:
    """A record's network in float32. Layers from `first` on learn."""

    def __init__(self, record: bytes, first: int = 0) -> None:
        """Raises ModelError for a network that is not all dense."""
        content = records.read(record)
        self.layers: list[FloatLayer] = []
        for wired, data in zip(content.model.wired, content.layers, strict=True):
            layer = wired.layer
            if not isinstance(layer, Dense) or data.planes is None:
                raise ModelError(f"float32 here has dense layers only, not {layer.kind}")
            weight = real_weights(data.planes, data.state, layer.fraction_bits).astype(np.float32)
            bias = np.ldexp(data.planes.bias, BIAS_EXP).astype(np.float32)
            self.layers.append(FloatLayer(weight, bias, layer.relu, np.empty_like(weight)))
        self.first = first
        self.rate = np.float32(float(content.model.rate))
        self._scale = np.float32(2.0**content.model.input_exp)

    @property
    def head(self) -> FloatLayer:
        """The last layer: a row a class."""
        return self.layers[-1]

    def latents(self, x: npt.NDArray[np.int8]) -> Vector:
        """What enters the lowest layer that learns, [N, K] for samples [N, length]."""
        latent: Vector = x.astype(np.float32) * self._scale
        for layer in self.layers[: self.first]:
            latent = layer.forward(latent)
        return latent

    def logits(self, latents: Vector) -> Vector:
        """Logits of one latent, or of many."""
        for layer in self.layers[self.first :]:
            latents = layer.forward(latents)
        return latents

    def predict_many(self, x: npt.NDArray[np.int8]) -> npt.NDArray[np.uint16]:
        """Classes of samples [N, length]."""
        labels: npt.NDArray[np.uint16] = (
            self.logits(self.latents(x)).argmax(axis=1).astype(np.uint16)
        )
        return labels

    def activations(self, latent: Vector) -> list[Vector]:
        """The inputs of the layers that learn, and then the logits."""
        values = [latent]
        for layer in self.layers[self.first :]:
            values.append(layer.forward(values[-1]))
        return values

    def learn(self, values: list[Vector], label: int) -> list[Vector]:
        """One step of SGD from activations(); the errors at the outputs of the layers."""
        error = _softmax_error(values[-1], label)
        errors = []
        for i in range(len(self.layers) - 1, self.first - 1, -1):
            layer, x = self.layers[i], values[i - self.first]
            below = error @ layer.weight if i > self.first else error
            layer.update(error, x, self.rate)
            errors.append(error)
            if i > self.first and self.layers[i - 1].relu:
                below *= x > 0
            error = below
        return errors[::-1]

    def is_open(self, label: int) -> bool:
        """Can this class be predicted?"""
        return bool(self.head.bias[label] > CLOSED)

    def close(self, label: int) -> None:
        """Make a class one that cannot be predicted."""
        self.head.weight[label] = 0
        self.head.bias[label] = CLOSED

    def imprint(self, values: list[Vector], label: int, n: int) -> None:
        """The class's row moves to the mean of n prototypes, of which this is the last.

        A prototype is the row of the nearest class, and on top the input so far that it adds REACH
        to its own logit, which is the largest by MARGIN. LEARNER.md, "Classes".
        """
        x, logits, row = values[-2], values[-1], self.head.weight[label]
        others = [c for c in range(len(logits)) if c != label and self.is_open(c)]
        if not others:
            row[:] = 0
            self.head.bias[label] = logits[label] = 0
            return
        best = max(others, key=lambda c: float(logits[c]))
        square = float(x @ x)
        target = self.head.weight[best] + x * np.float32(REACH / square if square > 0 else 0)
        row[:] = target if n == 1 else row + (target - row) / np.float32(n)
        bias = logits[best] - row @ x + MARGIN
        old = self.head.bias[label] if n > 1 else bias
        self.head.bias[label] = np.maximum(old + (bias - old) / np.float32(n), CLOSED + 1)
        logits[label] = row @ x + self.head.bias[label]

    def learn_mean(self, values: list[Vector], label: int, n: int) -> None:
        """Nearest class mean: the row moves to the mean of n inputs, the bias to -|row|^2 / 2."""
        row = self.head.weight[label]
        row += (values[-2] - row) / np.float32(n)
        self.head.bias[label] = np.maximum(-0.5 * (row @ row), CLOSED + 1)


def _softmax_error(logits: Vector, label: int) -> Vector:
    p: Vector = np.exp(logits - logits.max())
    p /= p.sum()
    p[label] -= 1
    return p
