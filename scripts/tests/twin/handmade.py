# SPDX-License-Identifier: Apache-2.0
"""Records of networks whose every number is chosen by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .record import CONV2D, DENSE, Layer, Rate, Record, Shape, write


def dense(in_shape: Shape, weight: ArrayLike, **more: Any) -> Layer:
    """Weights [O][K], or [O][1] for rows of equal ones; E_w = -7, biases 0, no fractions stored."""
    rows = np.asarray(weight, np.int64)
    layer = Layer(DENSE, in_shape, (1, 1, len(rows)), **_weighted(more))
    layer.weight = np.broadcast_to(rows, (len(rows), layer.fan_in)).copy()
    layer.bias = np.zeros(len(rows), np.int64)
    return layer


def window(kind: int, in_shape: Shape, out: Shape, kernel: tuple[int, int], **more: Any) -> Layer:
    """A pool, or a convolution whose weights are all 127; stride 1."""
    more = {"stride": (1, 1), **more}
    if kind != CONV2D:
        return Layer(kind, in_shape, out, kernel=kernel, **more)
    layer = Layer(kind, in_shape, out, kernel=kernel, **_weighted(more))
    layer.weight = np.full((out[2], layer.fan_in), 127)
    layer.bias = np.zeros(out[2], np.int64)
    return layer


def _weighted(more: dict[str, Any]) -> dict[str, Any]:
    return {"fraction_bits": 8, "weight_exp": -7, **more}


def network(*layers: Layer, input_exp: int = -7, rate: Rate | None = None) -> bytes:
    return write(Record(layers[0].in_shape, list(layers), input_exp, rate=rate or Rate()))
