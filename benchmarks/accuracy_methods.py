# SPDX-License-Identifier: Apache-2.0
"""Who learns in the accuracy benchmark. All begin with the weights that the seed gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from float_sgd import FloatNetwork
from paper_rules import RuleNetwork
from tintin import record as records
from tintin.engine import Network
from tintin.layers import Conv2d, Dense
from tintin.model import Model

MUS = (1, 2, 3, 4, 5)
RATES = tuple(2.0**-shift for shift in range(14, 0, -1))


class Learner(Protocol):
    """A network in training at batch 1."""

    def learn(self, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16]) -> None:
        """Learn from samples in order."""

    def predict(self, x: npt.NDArray[np.int8]) -> npt.NDArray[np.uint16]:
        """The classes of samples."""


@dataclass(frozen=True)
class Method:
    """A way to learn, and what is tuned about it: `knob`, along `grid`.

    The search begins about `start`, or about the task's own rate.
    """

    name: str
    engine: str
    make: Callable[[Model, int, float], Learner]
    knob: str = "rate"
    grid: Sequence[float] = RATES
    start: float | None = None


class _Float:
    def __init__(self, model: Model, seed: int, rate: float) -> None:
        self._network = FloatNetwork(records.write(model, seed))
        self._rate = rate

    def learn(self, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16]) -> None:
        self._network.learn_many(x, y, self._rate)

    def predict(self, x: npt.NDArray[np.int8]) -> npt.NDArray[np.uint16]:
        return self._network.predict_many(x)


class _Engine:
    def __init__(self, options: dict[str, Any], model: Model, seed: int, rate: float) -> None:
        layers = [
            replace(layer, **options) if isinstance(layer, Dense | Conv2d) else layer
            for layer in model.layers
        ]
        self._network = Network(records.write(replace(model, layers=layers), seed))
        self._network.set_rate(rate)

    def learn(self, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16]) -> None:
        self._network.learn_many(x, y)

    def predict(self, x: npt.NDArray[np.int8]) -> npt.NDArray[np.uint16]:
        return self._network.predict_many(x)


class _Rule:
    def __init__(self, compound: bool, model: Model, seed: int, setting: float) -> None:
        setting = -math.log2(setting) if compound else setting
        record = records.write(model, seed)
        self._network = RuleNetwork(record, round(setting), compound=compound)

    def learn(self, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16]) -> None:
        self._network.learn_many(x, y)

    def predict(self, x: npt.NDArray[np.int8]) -> npt.NDArray[np.uint16]:
        return self._network.predict_many(x)


METHODS = {
    method.name: method
    for method in (
        Method("float", "float32 C", _Float),
        *(
            Method(f"tintin-{bits}", "tintin", partial(_Engine, {"fraction_bits": bits}))
            for bits in (8, 4, 0)
        ),
        Method("tintin-bounded", "tintin", partial(_Engine, {"bounded": True})),
        Method("niti", "rules C", partial(_Rule, False), "mu", MUS, start=2),
        Method("tin-tin-paper", "rules C", partial(_Rule, True)),
    )
}
