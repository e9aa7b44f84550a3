# SPDX-License-Identifier: Apache-2.0
"""The networks whose instructions are counted, and the samples that they learn from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tintin import presets
from tintin import record as records
from tintin.data import Dataset, digits, mnist
from tintin.engine import Network
from tintin.errors import DataError
from tintin.model import Conv2d, Dense, Layer, MaxPool, Model, default_rate
from tintin.training import sample_order

SEED = 1
SYNTHETIC_SAMPLES = 2400
PIXELS_SET = 0.19  # of MNIST's, with which the strokes below are alike
# So that nine of ten samples are predicted right when they are measured, as MNIST's are.
CHANGE = 0.6  # of a stroke's shape from sample to sample
NOISE = 10.0  # of a vibration

Data = tuple[str, Dataset]


@dataclass(frozen=True)
class Case:
    """A network and its data; it learns `lessons` samples on this computer before it is measured.

    data gives the samples and what they are.
    """

    name: str
    model: Callable[[], Model]
    data: Callable[[Path | None], Data]
    lessons: int

    def model_with(self, fraction_bits: int) -> Model:
        """The network with 8, 4 or 0 fraction bits a weight: 2, 1.5 or 1 byte a parameter."""
        model = self.model()
        layers = [
            replace(layer, fraction_bits=fraction_bits)
            if isinstance(layer, Dense | Conv2d)
            else layer
            for layer in model.layers
        ]
        return replace(model, layers=layers)

    def learned(self, data: Dataset, fraction_bits: int) -> bytes:
        """A record after the lessons, as a device has it in the midst of its life."""
        network = Network(records.write(self.model_with(fraction_bits), SEED))
        rows = sample_order(len(data.y_train), SEED, 1)[: self.lessons]
        network.learn_many(data.x_train[rows], data.y_train[rows])
        return network.save()


def _mlp(inputs: int, hidden: int, classes: int) -> Model:
    layers: list[Layer] = [Dense(hidden, relu=True), Dense(classes)]
    return Model((1, 1, inputs), layers, rate=default_rate(layers))


def signal_cnn() -> Model:
    """128 readings of six axes, as of an accelerometer and a gyroscope: two convolutions in time.

    The window is a row (height 1), so that a kernel's inputs lie in memory as one piece.
    """
    layers: list[Layer] = [
        Conv2d(16, (1, 5), padding=(0, 2, 0, 2), relu=True),
        MaxPool((1, 2)),
        Conv2d(32, (1, 5), padding=(0, 2, 0, 2), relu=True),
        MaxPool((1, 4)),
        Dense(32, relu=True),
        Dense(6),
    ]
    return Model((1, 128, 6), layers, rate=default_rate(layers))


def _digits(_: Path | None) -> Data:
    return "digits", digits()


def _images(data_dir: Path | None) -> Data:
    """MNIST, or strokes where it is not to be had."""
    try:
        return "MNIST", mnist(data_dir)
    except DataError:
        return "synthetic strokes", strokes()


def strokes() -> Dataset:
    """28x28 images with as many pixels set as MNIST: a class's smooth shape, moved and changed."""
    random = np.random.RandomState(SEED)
    y = random.randint(0, 10, SYNTHETIC_SAMPLES).astype(np.uint16)
    shapes = _smooth(random.standard_normal((10, 20, 20)))[y]
    shapes += CHANGE * _smooth(random.standard_normal((len(y), 20, 20)))
    shapes = np.pad(shapes, ((0, 0), (4, 4), (4, 4)), constant_values=-np.inf)
    moves = random.randint(-2, 3, (len(y), 2))
    shapes = np.stack([np.roll(x, tuple(m), (0, 1)) for x, m in zip(shapes, moves, strict=True)])
    level = np.quantile(shapes, 1 - PIXELS_SET, axis=(1, 2), keepdims=True)
    return _split(np.where(shapes > level, np.clip(100 + 20 * shapes, 1, 127), 0), y)


def _smooth(x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Each value becomes the mean of its neighbourhood, twice; then unit variance."""
    for _ in range(2):
        padded = np.pad(x, ((0, 0), (1, 1), (1, 1)), mode="edge")
        view = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
        x = view.mean(axis=(3, 4))
    smooth: npt.NDArray[np.float64] = x / x.std()
    return smooth


def _vibration(_: Path | None) -> Data:
    """Six classes, each with its frequency and strength on every axis; all of it varies."""
    random = np.random.RandomState(SEED)
    y = random.randint(0, 6, SYNTHETIC_SAMPLES).astype(np.uint16)
    frequency = random.uniform(0.02, 0.2, (6, 6))[y] * random.uniform(0.7, 1.3, (len(y), 6))
    strength = random.uniform(10, 40, (6, 6))[y] * random.uniform(0.5, 1.5, (len(y), 6))
    phase = random.uniform(0, 2 * np.pi, (len(y), 6))
    turns = 2 * np.pi * frequency[:, None, :] * np.arange(128)[None, :, None]
    wave = strength[:, None, :] * np.sin(turns + phase[:, None, :])
    return "synthetic vibration", _split(wave + random.normal(0, NOISE, wave.shape), y)


def _split(x: npt.NDArray[np.float64], y: npt.NDArray[np.uint16]) -> Dataset:
    rows = np.clip(np.rint(x), -127, 127).astype(np.int8).reshape(len(y), -1)
    train = SYNTHETIC_SAMPLES * 5 // 6
    return Dataset(rows[:train], y[:train], rows[train:], y[train:])


CASES = {
    case.name: case
    for case in (
        Case("MLP 64-32-10", presets.digits, _digits, 1347),
        Case("MLP 784-100-10", lambda: _mlp(784, 100, 10), _images, 2000),
        Case("LeNet-5", presets.lenet5, _images, 2000),
        Case("1-D CNN", signal_cnn, _vibration, 2000),
    )
}
