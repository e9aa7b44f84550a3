# SPDX-License-Identifier: Apache-2.0
"""The one description of a network. Importers produce it, records are written from it.

>>> Model(input=(8, 8, 1), layers=[Dense(32, relu=True), Dense(10)]).classes
10
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from tintin.errors import ModelError
from tintin.layers import (
    MAX_VALUES,
    AvgPool,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool,
    Layer,
    MaxPool,
    RecordLayer,
    Shape,
    Weighted,
    volume,
)
from tintin.rate import Rate

__all__ = [
    "AvgPool",
    "Conv2d",
    "Dense",
    "Flatten",
    "GlobalAvgPool",
    "Layer",
    "MaxPool",
    "Model",
    "Rate",
    "RecordLayer",
    "Shape",
    "Weighted",
    "Wired",
    "volume",
]

MAX_LAYERS = 32
MAX_CLASSES = 32768
INPUT_EXPS = range(-40, 41)


@dataclass(frozen=True)
class Wired:
    """A layer in its place: its number, and the shapes around it."""

    index: int
    layer: RecordLayer
    input: Shape
    output: Shape
    last: bool

    @property
    def fan_in(self) -> int:
        """K: inputs of one output of a layer with weights."""
        return cast(Weighted, self.layer).fan_in(self.input)


@dataclass(frozen=True)
class Model:
    """A network from its input (height, width, channels) to its logits.

    Once made, `layers` are those of the record: without Flatten, a GlobalAvgPool turned into an
    AvgPool. Real input = int8 * 2^input_exp.
    """

    input: Shape
    layers: Sequence[Layer]
    input_exp: int = -7
    rate: Rate = field(default_factory=Rate)

    def __post_init__(self) -> None:
        object.__setattr__(self, "input", _checked_input(self.input))
        if not isinstance(self.input_exp, int) or self.input_exp not in INPUT_EXPS:
            raise ModelError(f"input_exp {self.input_exp}: must be -40..40")
        wired = tuple(_wire(self.input, self.layers))
        object.__setattr__(self, "layers", tuple(w.layer for w in wired))
        object.__setattr__(self, "_wired", wired)
        _check_end(wired)

    @property
    def wired(self) -> tuple[Wired, ...]:
        """The layers with their numbers and shapes."""
        return cast("tuple[Wired, ...]", self.__dict__["_wired"])

    @property
    def classes(self) -> int:
        """What there is to predict."""
        return self.wired[-1].output[2]

    @property
    def input_length(self) -> int:
        """Values in one sample."""
        return volume(self.input)


def default_rate(layers: Sequence[Layer]) -> Rate:
    """A rate to start from at batch 1: measured on digits (MLP), vibration (1-D) and MNIST."""
    convs = [layer for layer in layers if isinstance(layer, Conv2d)]
    if not convs:
        return Rate(8, 5)
    return Rate(8, 6) if all(conv.kernel[0] == 1 for conv in convs) else Rate(8, 7)


def _checked_input(shape: Sequence[int]) -> Shape:
    if len(shape) != 3 or not all(isinstance(n, int) and n >= 1 for n in shape):
        raise ModelError(f"input {shape!r}: must be (height, width, channels), each at least 1")
    h, w, c = shape
    if h * w * c > MAX_VALUES:
        raise ModelError(f"input {h}x{w}x{c}: more than {MAX_VALUES} values")
    return h, w, c


def _wire(shape: Shape, layers: Sequence[Layer]) -> Iterator[Wired]:
    """Follow the shapes through the layers, leaving out what the record does not have."""
    flat = False
    kept = sum(not isinstance(layer, Flatten) for layer in layers)
    index = 0
    for layer in layers:
        if isinstance(layer, Flatten):
            flat = True
            continue
        if flat and not isinstance(layer, Dense):
            raise ModelError(f"layer {index} ({layer.kind}): after flatten only dense can follow")
        solid = layer.of(shape) if isinstance(layer, GlobalAvgPool) else layer
        try:
            out = solid.output(shape)
        except ModelError as error:
            raise ModelError(f"layer {index} ({layer.kind}): {error}") from None
        if volume(out) > MAX_VALUES:
            raise ModelError(f"layer {index} ({layer.kind}): more than {MAX_VALUES} outputs")
        yield Wired(index, solid, shape, out, index == kept - 1)
        shape = out
        index += 1


def _check_end(wired: Sequence[Wired]) -> None:
    if not 1 <= len(wired) <= MAX_LAYERS:
        raise ModelError(f"{len(wired)} layers: must be 1..{MAX_LAYERS}")
    last = wired[-1].layer
    if not isinstance(last, Dense) or last.relu:
        raise ModelError(f"the last layer ({last.kind}) must be dense, without ReLU")
    if not 2 <= last.outputs <= MAX_CLASSES:
        raise ModelError(f"{last.outputs} classes: must be 2..{MAX_CLASSES}")
