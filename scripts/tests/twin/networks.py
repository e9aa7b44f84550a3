# SPDX-License-Identifier: Apache-2.0
"""Small networks by hand, one for each kind of layer, and what one integer step does in them."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from tintin import engine
from tintin import record as records
from tintin.float_reference import FloatArray, FloatWeights
from tintin.layers import GlobalAvgPool
from tintin.model import AvgPool, Conv2d, Dense, MaxPool, Model, Rate
from tintin.planes import half

from .fixed import Ints, Tensor
from .network import Network, Pass
from .record import MAX_POOL, read, write
from .scaling import Scale

CLASSES = 5
RNG_OFFSET = 32
SETTLING = 150  # steps after which delayed scaling has found its shifts

NETWORKS = {
    "dense": Model(
        (1, 1, 24), [Dense(16, relu=True), Dense(12, relu=True), Dense(7), Dense(CLASSES)]
    ),
    "convolution": Model(
        (8, 7, 2),
        [
            Conv2d(6, (3, 3), relu=True),
            Conv2d(8, (3, 2), stride=(2, 1), padding=(1, 0, 1, 1)),
            Conv2d(8, (2, 3), stride=(1, 2), padding=(0, 2, 1, 0), relu=True),
            Dense(CLASSES),
        ],
    ),
    "max pool": Model(
        (8, 8, 2), [Conv2d(6, (3, 3), padding=(1, 1, 1, 1), relu=True), MaxPool(2), Dense(CLASSES)]
    ),
    "max pool with overlap": Model(
        (8, 8, 2), [Conv2d(6, (3, 3)), MaxPool(3, 2, (1, 1, 1, 1)), Dense(CLASSES)]
    ),
    "average pool": Model(
        (8, 8, 2), [Conv2d(6, (3, 3), padding=(1, 1, 1, 1), relu=True), AvgPool(2), Dense(CLASSES)]
    ),
    "average pool with overlap and relu": Model(
        (8, 8, 2), [Conv2d(6, (3, 3)), AvgPool(3, 2, relu=True), Dense(CLASSES)]
    ),
    "global average pool": Model(
        (7, 8, 2),
        [Conv2d(6, 3, relu=True), Conv2d(6, 3, relu=True), GlobalAvgPool(), Dense(CLASSES)],
    ),
    "lenet": Model(
        (12, 12, 1),
        [
            Conv2d(6, (5, 5), padding=(2, 2, 2, 2), relu=True),
            MaxPool(2),
            Conv2d(16, (3, 3), relu=True),
            MaxPool(2),
            Dense(30, relu=True),
            Dense(CLASSES),
        ],
    ),
}


def noise(g: np.random.Generator, *shape: int) -> NDArray[np.int8]:
    return g.integers(-127, 128, shape).astype(np.int8)


def settled(model: Model, rate: Rate, seed: int = 7) -> bytes:
    """A record of random weights whose scales suit noise; it goes on learning at `rate`."""
    g = np.random.default_rng(seed)
    net = engine.Network(records.write(model, seed))
    net.set_rate(Rate(8, 24))  # the weights stay
    net.learn_many(noise(g, SETTLING, model.input_length), g.integers(0, CLASSES, SETTLING))
    net.set_rate(rate)
    return net.save()


def unclipped(data: bytes) -> bytes:
    """Errors half as large, from the top down: none is clipped, for as long as a window lasts."""
    content = read(data)
    for layer in content.layers:
        if layer.kind != MAX_POOL:
            layer.error = Scale(layer.error.shift + (layer is content.layers[-1]))
    return write(content)


def everything(data: bytes) -> Network:
    """The twin, learning in all layers."""
    return Network(data, frozenset(range(len(records.read(data).layers))))


def real(tensor: Tensor) -> FloatArray:
    return np.ldexp(tensor.data.astype(np.float64), tensor.exp)


def real_weights(net: Network) -> list[FloatWeights | None]:
    """What the MACs read, as real numbers."""
    return [
        FloatWeights(np.ldexp(layer.weight.astype(np.float64), layer.weight_exp),
                     np.ldexp(layer.bias.astype(np.float64), -20))
        if layer.layer.weighted else None
        for layer in net.layers
    ]  # fmt: skip


def real_activations(model: Model, seen: Pass) -> list[FloatArray]:
    """What each layer read, and the logits, as real numbers [h, w, c]."""
    shapes = [wired.input for wired in model.wired]
    read = [real(t).reshape(shape) for t, shape in zip(seen.inputs, shapes, strict=True)]
    return [*read, real(seen.logits).reshape(1, 1, -1)]


def real_gradient(net: Network, seen: Pass, n: int) -> FloatWeights:
    """The gradient of layer n before it is rounded to the masters, and before the rate."""
    g = net.layers[n].gradient(seen.inputs[n], seen.errors[n])
    mantissa = net.rate.mantissa / 8  # the part of the rate that entered in the loss
    return FloatWeights(
        np.ldexp(g.weight / mantissa, g.exp), np.ldexp(g.bias / mantissa, g.error_exp)
    )


def with_rng(data: bytes, state: int) -> bytes:
    """The same record but for the state of its random generator."""
    body = bytearray(data[:-4])
    struct.pack_into("<I", body, RNG_OFFSET, state)
    return bytes(body) + struct.pack("<I", zlib.crc32(body))


def random_states(n: int, seed: int = 0) -> list[int]:
    return [int(s) for s in np.random.default_rng(seed).integers(1, 2**32, n)]


def masters(net: engine.Network, n: int) -> Ints:
    """The master weights m [O, K] of layer n in the C engine."""
    view, bits = net.weights(n), net.layers[n].fraction_bits
    m = view.weight.astype(np.int64) << bits
    return m if view.fraction is None else m + view.fraction - half(bits)
