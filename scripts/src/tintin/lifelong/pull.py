# SPDX-License-Identifier: Apache-2.0
"""The pull to earlier weights by importance, in float32: src/ewc.c says why it is a product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tintin.lifelong.float_mlp import FloatLayer, FloatMlp, Vector

FOLLOW = np.float32(1 / 64)
STRENGTH = np.float32(2.0**-4)
EVERY = 8


@dataclass
class _Importance:
    error: Vector
    input: Vector
    held_error: Vector
    held_input: Vector
    anchor: Vector

    @classmethod
    def of(cls, layer: FloatLayer) -> _Importance:
        outputs, inputs = layer.weight.shape
        e, a, held_e, held_a = (np.zeros(n, np.float32) for n in (outputs, inputs) * 2)
        return cls(e, a, held_e, held_a, layer.weight.copy())


class Pull:
    """Mean |error| times mean |input| of each weight, and where it was when that was taken."""

    def __init__(self, network: FloatMlp) -> None:
        self.network = network
        self._parts = [_Importance.of(layer) for layer in self._layers]
        self._anchored = False
        self._since = 0

    @property
    def _layers(self) -> list[FloatLayer]:
        return self.network.layers[self.network.first :]

    def watch(self, values: list[Vector], errors: list[Vector]) -> None:
        """After each step: follow the means, and pull every so often."""
        for part, x, error in zip(self._parts, values, errors, strict=False):
            part.error += (np.abs(error) - part.error) * FOLLOW
            part.input += (np.abs(x) - part.input) * FOLLOW
        self._since += 1
        if self._anchored and self._since >= EVERY:
            self._since = 0
            self._pull()

    def anchor(self) -> None:
        """What was important stays so; what is lately becomes so."""
        for part, layer in zip(self._parts, self._layers, strict=True):
            part.held_error = np.maximum(part.held_error, _relative(part.error))
            part.held_input = np.maximum(part.held_input, _relative(part.input))
            part.anchor = layer.weight.copy()
        self._anchored = True
        self._since = 0

    def _pull(self) -> None:
        for part, layer in zip(self._parts, self._layers, strict=True):
            level = np.outer(part.held_error, part.held_input) * STRENGTH
            layer.weight -= (layer.weight - part.anchor) * level


def _relative(lately: Vector) -> Vector:
    most = float(lately.max(initial=0))
    return lately / np.float32(most) if most > 0 else lately
