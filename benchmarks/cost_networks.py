# SPDX-License-Identifier: Apache-2.0
"""Random networks that have learned a little, and samples for them: what the cost model is fitted
to and tested on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tintin import record as records
from tintin.engine import ALL, Network, Train
from tintin.errors import ModelError
from tintin.model import (
    AvgPool,
    Conv2d,
    Dense,
    Layer,
    MaxPool,
    Model,
    Rate,
    Shape,
    volume,
)

MOST_MACS = 600_000
MOST_WEIGHTS = 40_000
MOST_VALUES = 6_000
STEPS = 6  # that are measured
LESSONS = 500  # at most, before them


@dataclass(frozen=True)
class Workload:
    """A record and the samples that it learns from next; train: as for a Network."""

    name: str
    record: bytes
    x: npt.NDArray[np.int8]
    y: npt.NDArray[np.uint16]
    train: Train = ALL

    def learning(self) -> list[bool]:
        """Which layers learn."""
        return [layer.trained for layer in Network(self.record, train=self.train).layers]

    def after(self, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16]) -> Workload:
        """The same, having learned from these samples."""
        network = Network(self.record, train=self.train)
        network.learn_many(x, y)
        return replace(self, record=network.save())


def workload(seed: int) -> Workload:
    """The same network and samples for a seed on every computer."""
    rs = np.random.RandomState(seed)
    model = _model(rs)
    while not _fits(model):
        model = _model(rs)
    x, y = samples(rs, model, LESSONS + STEPS)
    train = _layers(rs, model)
    network = Network(records.write(model, 1 + seed), train=train)
    lessons = int(rs.choice([0, 20, 100, LESSONS]))
    network.learn_many(x[:lessons], y[:lessons])
    network.set_rate(Rate(int(rs.randint(8, 16)), int(rs.randint(5, 11))))
    record = records.read(network.save())
    # One in four steps looks for the largest weight, so that its cost can be told from the rest.
    step = int(rs.choice([0, 1, 1, 1])) + (64 - STEPS // 2) * int(rs.randint(2))
    return Workload(
        f"random {seed}",
        records.pack(replace(record, step=step)),
        x[lessons : lessons + STEPS],
        y[lessons : lessons + STEPS],
        train,
    )


def samples(
    rs: np.random.RandomState, model: Model, n: int
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint16]]:
    """A pattern for each class with noise; dense, or with zeros as an image has them."""
    h, w, c = model.input
    patterns = rs.randint(-90, 91, (model.classes, h, w, c))
    if rs.randint(2):
        patterns = np.abs(patterns) * _ink(rs, (model.classes, h, w, 1))
    y = rs.randint(0, model.classes, n)
    chosen = patterns[y]
    noise = rs.randint(-35, 36, chosen.shape) * (chosen != 0)
    return np.clip(chosen + noise, -127, 127).astype(np.int8).reshape(n, -1), y.astype(np.uint16)


def _ink(rs: np.random.RandomState, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    """Zeros in runs along a row, as around what an image shows."""
    middle = np.abs(np.linspace(-1, 1, shape[2]))[None, None, :, None]
    spread = rs.uniform(0.3, 1.2, (*shape[:2], 1, 1))
    return (middle <= spread) & (rs.uniform(size=shape) < 0.9)


def _layers(rs: np.random.RandomState, model: Model) -> Train:
    """Mostly all; at times the last alone, or all but one, which parts the passes of that one."""
    weighted = [w.index for w in model.wired if isinstance(w.layer, Dense | Conv2d)]
    choice = rs.randint(6)
    if len(weighted) == 1 or choice < 3:
        return ALL
    if choice == 3:
        return weighted[-1:]
    frozen = weighted[int(rs.randint(len(weighted)))]
    return [index for index in weighted if index != frozen]


def _fits(model: Model) -> bool:
    wired = [w for w in model.wired if isinstance(w.layer, Dense | Conv2d)]
    macs = sum(w.fan_in * volume(w.output) for w in wired)
    weights = sum(w.fan_in * w.output[2] for w in wired)
    values = max(volume(w.output) for w in model.wired)
    return 2_000 < macs < MOST_MACS and weights < MOST_WEIGHTS and values < MOST_VALUES


def _model(rs: np.random.RandomState) -> Model:
    shape: Shape = _input(rs)
    layers: list[Layer] = []
    current = shape
    for _ in range(int(rs.choice([0, 1, 2, 3]))):
        for layer in _spatial(rs, current):
            try:
                current = layer.output(current)
            except ModelError:
                continue
            layers.append(layer)
    for _ in range(int(rs.choice([0, 1, 1, 2]))):
        layers.append(Dense(int(rs.randint(4, 130)), bool(rs.randint(4)), _bits(rs)))
    layers.append(Dense(int(rs.randint(2, 24)), fraction_bits=_bits(rs)))
    return Model(shape, layers, rate=Rate(8, 6))


def _input(rs: np.random.RandomState) -> Shape:
    channels = int(rs.randint(1, 7))
    if rs.randint(3) == 0:
        return 1, int(rs.randint(16, 200)), channels
    side = int(rs.randint(6, 29))
    return side, int(rs.randint(6, 29)), channels if rs.randint(2) else 1


def _bits(rs: np.random.RandomState) -> int:
    return int(rs.choice([8, 8, 4, 0]))


def _spatial(rs: np.random.RandomState, shape: Shape) -> list[Layer]:
    """A convolution and, mostly, a pool behind it."""
    flat = shape[0] == 1
    kernel = (1 if flat else int(rs.randint(1, 6)), int(rs.randint(1, 6)))
    stride = (1, 1) if rs.randint(4) else (1 if flat else int(rs.randint(1, 3)), 2)
    same = bool(rs.randint(2))
    padding = (kernel[0] // 2, kernel[1] // 2) * 2 if same else (0, 0, 0, 0)
    channels = int(rs.randint(1, 5 if rs.randint(3) == 0 else 33))
    relu = bool(rs.randint(5))
    conv = Conv2d(channels, kernel, stride, padding, relu, _bits(rs))
    window = (1, 2) if flat else (2, 2)
    pools: list[list[Layer]] = [
        [MaxPool(window)],
        [MaxPool(window)],
        [MaxPool((1, 3) if flat else (3, 3), (1, 2) if flat else (2, 2))],
        [MaxPool((1, 4) if flat else (2, 2))],
        [AvgPool(window, relu=bool(rs.randint(2)))],
        [],
    ]
    return [conv, *pools[int(rs.randint(len(pools)))]]
