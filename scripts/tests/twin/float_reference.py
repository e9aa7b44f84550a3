# SPDX-License-Identifier: Apache-2.0
"""Loss and gradient of one sample in float64: what an integer step approximates.

The forward pass is the package's own; the backward pass beside it is checked against finite
differences of that. Nothing here knows of integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tintin.float_reference import FloatArray, FloatWeights, outputs
from tintin.model import AvgPool, Conv2d, Dense, MaxPool, Model, Wired

Weights = Sequence[FloatWeights | None]
Window = Conv2d | MaxPool | AvgPool


def loss(model: Model, weights: Weights, x: FloatArray, label: int) -> float:
    """Softmax cross-entropy, natural logarithm."""
    *_, logits = outputs(model, weights, x[None])
    z = logits.reshape(-1)
    return float(np.log(np.exp(z - z.max()).sum()) + z.max() - z[label])


def gradients(model: Model, weights: Weights, x: FloatArray, label: int) -> Weights:
    """d loss / d weights and biases of each layer; None where it has none."""
    above = [out[0] for out in outputs(model, weights, x[None])]
    return backward(model, weights, [x.reshape(model.input), *above], label)


def backward(
    model: Model, weights: Weights, activations: Sequence[FloatArray], label: int
) -> Weights:
    """The same from what a forward pass left: activations[l] read by layer l, last the logits.

    Each is [h, w, c]. Where they come from integers, so do the decisions of ReLU and max pool.
    """
    d = _softmax(activations[-1])
    d[..., label] -= 1
    found: list[FloatWeights | None] = []
    for wired, parameters in reversed(list(zip(model.wired, weights, strict=True))):
        below, out = activations[wired.index], activations[wired.index + 1]
        if getattr(wired.layer, "relu", False):
            d = d * (out > 0)
        gradient, d = _backward(wired, parameters, below, d)
        found.append(gradient)
    return found[::-1]


def _softmax(z: FloatArray) -> FloatArray:
    powers = np.exp(z - z.max())
    return powers / powers.sum()


def _backward(
    wired: Wired, parameters: FloatWeights | None, a: FloatArray, d: FloatArray
) -> tuple[FloatWeights | None, FloatArray]:
    """Gradient of a layer's parameters and of its input [h, w, c], from that of its output."""
    layer = wired.layer
    if isinstance(layer, Dense):
        flat = d.reshape(-1)
        return (
            FloatWeights(np.outer(flat, a.reshape(-1)), flat),
            (flat @ parameters.weight).reshape(a.shape),
        )
    if isinstance(layer, Conv2d):
        return _conv2d(layer, parameters, a, d)
    return None, (_max_pool if isinstance(layer, MaxPool) else _avg_pool)(layer, a, d)


def _padded(layer: Window, a: FloatArray, fill: float) -> FloatArray:
    top, left, bottom, right = layer.padding
    return np.pad(a, ((top, bottom), (left, right), (0, 0)), constant_values=fill)


def _cropped(layer: Window, padded: FloatArray, shape: tuple[int, ...]) -> FloatArray:
    top, left, _, _ = layer.padding
    return padded[top : top + shape[0], left : left + shape[1]]


def _taps(layer: Window, d: FloatArray) -> Iterator[tuple[int, tuple[slice, slice]]]:
    """Per position in the kernel: which pixels of the padded input all windows see there."""
    (kh, kw), (sh, sw) = layer.kernel, layer.stride
    for y in range(kh):
        for x in range(kw):
            rows = slice(y, y + sh * (d.shape[0] - 1) + 1, sh)
            columns = slice(x, x + sw * (d.shape[1] - 1) + 1, sw)
            yield y * kw + x, (rows, columns)


def _conv2d(
    layer: Conv2d, parameters: FloatWeights, a: FloatArray, d: FloatArray
) -> tuple[FloatWeights, FloatArray]:
    padded = _padded(layer, a, 0.0)
    da, channels = np.zeros_like(padded), a.shape[2]
    weight = parameters.weight.reshape(layer.channels, -1, channels)
    dw = np.zeros_like(weight)
    for tap, pixels in _taps(layer, d):
        dw[:, tap] = np.einsum("yxo,yxc->oc", d, padded[pixels])
        da[pixels] += d @ weight[:, tap]
    gradient = FloatWeights(dw.reshape(layer.channels, -1), d.sum((0, 1)))
    return gradient, _cropped(layer, da, a.shape)


def _max_pool(layer: MaxPool, a: FloatArray, d: FloatArray) -> FloatArray:
    """To the first maximum of each window."""
    padded = _padded(layer, a, -np.inf)
    seen = np.stack([padded[pixels] for _, pixels in _taps(layer, d)])
    first, da = seen.argmax(0), np.zeros_like(padded)
    for tap, pixels in _taps(layer, d):
        da[pixels] += d * (first == tap)
    return _cropped(layer, da, a.shape)


def _avg_pool(layer: AvgPool, a: FloatArray, d: FloatArray) -> FloatArray:
    da = np.zeros_like(a)
    for _, pixels in _taps(layer, d):
        da[pixels] += d / (layer.kernel[0] * layer.kernel[1])
    return da
