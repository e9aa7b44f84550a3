# SPDX-License-Identifier: Apache-2.0
"""What a model computes in float: for calibration, and to compare the integers with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tintin.layers import AvgPool, Conv2d, Dense, MaxPool, Window
from tintin.model import Model

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FloatWeights:
    """Weights [O, K] of a layer, k over [kernel_h][kernel_w][c] or in memory order; bias [O]."""

    weight: FloatArray
    bias: FloatArray


def outputs(
    model: Model, weights: Sequence[FloatWeights | None], samples: FloatArray
) -> Iterator[FloatArray]:
    """Each layer's output [N, h, w, c] for samples [N, ...]; the last is the logits."""
    x = samples.reshape(len(samples), *model.input)
    for layer, parameters in zip(model.layers, weights, strict=True):
        if isinstance(layer, Dense):
            assert parameters is not None
            x = x.reshape(len(x), -1) @ parameters.weight.T + parameters.bias
            x = x[:, None, None, :]
        elif isinstance(layer, Conv2d):
            assert parameters is not None
            x = _windows(layer, x, 0.0) @ parameters.weight.T + parameters.bias
        elif isinstance(layer, MaxPool | AvgPool):
            x = _pool(layer, x)
        if getattr(layer, "relu", False):
            x = np.maximum(x, 0)
        yield x


def _windows(layer: Window, x: FloatArray, fill: float) -> FloatArray:
    """Windows of x as [N, oh, ow, kernel_h * kernel_w * c]."""
    top, left, bottom, right = layer.padding
    padded = np.pad(x, ((0, 0), (top, bottom), (left, right), (0, 0)), constant_values=fill)
    view = np.lib.stride_tricks.sliding_window_view(padded, layer.kernel, axis=(1, 2))
    view = view[:, :: layer.stride[0], :: layer.stride[1]].transpose(0, 1, 2, 4, 5, 3)
    return view.reshape(*view.shape[:3], -1)


def _pool(layer: MaxPool | AvgPool, x: FloatArray) -> FloatArray:
    windows = _windows(layer, x, -np.inf)
    windows = windows.reshape(*windows.shape[:3], -1, x.shape[3])
    pooled: FloatArray = windows.max(3) if isinstance(layer, MaxPool) else windows.mean(3)
    return pooled
