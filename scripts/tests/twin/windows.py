# SPDX-License-Identifier: Apache-2.0
"""Which input pixels a window of a convolution or pool covers."""

from __future__ import annotations

import numpy as np

from .fixed import Ints
from .record import Layer


def taps(layer: Layer) -> Ints:
    """[positions][kernel_h * kernel_w] pixel numbers, row-major; outside the input: h * w."""
    h, w, _ = layer.in_shape
    out_h, out_w, _ = layer.out
    y = np.arange(out_h) * layer.stride[0] - layer.pad[0]
    x = np.arange(out_w) * layer.stride[1] - layer.pad[1]
    rows = y[:, None, None, None] + np.arange(layer.kernel[0])[:, None]
    columns = x[None, :, None, None] + np.arange(layer.kernel[1])
    inside = (rows >= 0) & (rows < h) & (columns >= 0) & (columns < w)
    pixels = np.where(inside, rows * w + columns, h * w)
    return pixels.reshape(out_h * out_w, -1)


def gather(layer: Layer, pixels: Ints, a: Ints, outside: int) -> Ints:
    """[positions][taps][channels] of an input, with a value for what lies outside it."""
    channels = layer.in_shape[2]
    rows = a.reshape(-1, channels)
    border = np.full((1, channels), outside, np.int64)
    return np.concatenate([rows, border])[pixels]


def scatter(layer: Layer, pixels: Ints, values: Ints) -> Ints:
    """The transpose of gather: sum [positions][taps][channels] into a flat input."""
    h, w, c = layer.in_shape
    out = np.zeros((h * w + 1, c), np.int64)
    np.add.at(out, pixels, values)
    return out[:-1].reshape(-1)
