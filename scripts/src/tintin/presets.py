# SPDX-License-Identifier: Apache-2.0
"""Networks to begin with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tintin.model import Conv2d, Dense, Layer, MaxPool, Model, Shape, default_rate


@dataclass(frozen=True)
class Preset:
    """A model and what it is for."""

    summary: str
    make: Callable[[], Model]


def digits() -> Model:
    """64-32-10."""
    return _model((8, 8, 1), [Dense(32, relu=True), Dense(10)])


def lenet5() -> Model:
    """LeNet-5 with padding, ReLU and max pools."""
    return _model(
        (28, 28, 1),
        [
            Conv2d(6, (5, 5), padding=(2, 2, 2, 2), relu=True),
            MaxPool((2, 2)),
            Conv2d(16, (5, 5), relu=True),
            MaxPool((2, 2)),
            Dense(120, relu=True),
            Dense(84, relu=True),
            Dense(10),
        ],
    )


def cnn1d() -> Model:
    """A small 1-D network over 64 readings of three axes."""
    return _model(
        (1, 64, 3),
        [
            Conv2d(16, (1, 5), padding=(0, 2, 0, 2), relu=True),
            MaxPool((1, 2)),
            Conv2d(32, (1, 3), padding=(0, 1, 0, 1), relu=True),
            MaxPool((1, 4)),
            Dense(16, relu=True),
            Dense(6),
        ],
    )


def _model(shape: Shape, layers: Sequence[Layer]) -> Model:
    return Model(shape, layers, rate=default_rate(layers))


PRESETS = {
    "digits": Preset("dense 64-32-10 for 8x8 images", digits),
    "lenet5": Preset("LeNet-5 for 28x28 images, 10 classes", lenet5),
    "cnn1d": Preset("1-D convolutions over 64 readings of 3 axes, 6 classes", cnn1d),
}
