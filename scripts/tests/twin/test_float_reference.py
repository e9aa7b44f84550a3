# SPDX-License-Identifier: Apache-2.0
"""The float reference is right: its gradients are those of finite differences."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tintin.float_reference import FloatArray, FloatWeights
from tintin.model import Conv2d, Dense, Model

from .float_reference import gradients, loss
from .networks import CLASSES, NETWORKS

STEP = 1e-5
TOLERANCE = 1e-6  # of the largest gradient of a tensor


def random_weights(model: Model, g: np.random.Generator) -> list[FloatWeights | None]:
    return [
        FloatWeights(
            g.normal(0, 1 / np.sqrt(wired.fan_in), (wired.output[2], wired.fan_in)),
            g.normal(0, 0.1, wired.output[2]),
        )
        if isinstance(wired.layer, Dense | Conv2d)
        else None
        for wired in model.wired
    ]


def difference(of: Callable[[], float], tensor: FloatArray, at: tuple[int, ...]) -> float:
    """d of / d tensor[at], by two values of it."""
    kept, values = tensor[at], []
    for moved in (kept + STEP, kept - STEP):
        tensor[at] = moved
        values.append(of())
    tensor[at] = kept
    return (values[0] - values[1]) / (2 * STEP)


@pytest.mark.parametrize("kind", NETWORKS)
def test_its_gradients_are_those_of_finite_differences(kind: str) -> None:
    model, g = NETWORKS[kind], np.random.default_rng(1)
    weights = random_weights(model, g)
    x, label = g.normal(size=model.input_length), int(g.integers(CLASSES))
    found = gradients(model, weights, x, label)
    for parameters, gradient in zip(weights, found, strict=True):
        for name in vars(parameters) if parameters else ():
            tensor, wanted = getattr(parameters, name), getattr(gradient, name)
            places = g.permutation(tensor.size)[:20]
            for at in (np.unravel_index(i, tensor.shape) for i in places):
                by_difference = difference(lambda: loss(model, weights, x, label), tensor, at)
                assert abs(wanted[at] - by_difference) <= TOLERANCE * np.abs(wanted).max()
