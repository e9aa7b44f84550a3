# SPDX-License-Identifier: Apache-2.0
"""Random networks for hypothesis: a small structure that it can shrink, and data from a seed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from .fixed import Ints
from .master import pack_fractions
from .record import (
    AVG_POOL,
    CONV2D,
    DENSE,
    MAX_POOL,
    Layer,
    Rate,
    Record,
    Shape,
    write,
)
from .scaling import Scale

MOST_VALUES = 400  # of any tensor: tests want many networks, not large ones
Draw = Callable[[st.SearchStrategy], object]
Generator = np.random.Generator
Sample = NDArray[np.int8]


@dataclass(frozen=True)
class Case:
    """A network, how it is trained and with what; the record follows from these few values."""

    input: Shape
    shapes: tuple[Layer, ...]  # without data
    tame: bool  # plausible exponents and weights; else anything that a record may hold
    trained: frozenset[int]
    batch_log2: int
    step: int
    rate: Rate
    steps: int
    seed: int

    def record(self) -> bytes:
        g = np.random.default_rng(self.seed)
        fill = _fill_tame if self.tame else _fill_wild
        layers = [fill(g, n, layer, self) for n, layer in enumerate(self.shapes)]
        input_exp = -7 if self.tame else int(g.integers(-40, 41))
        rng = int(g.integers(1, 2**32))
        return write(Record(self.input, layers, input_exp, self.step, 0, rng, self.rate))

    def samples(self, n: int) -> list[tuple[Sample, int]]:
        """n labelled samples, the same ones each time; some hold the lowest int8, -128."""
        g = np.random.default_rng(self.seed + 1)
        size, classes = math.prod(self.input), self.shapes[-1].out[2]
        samples = []
        for _ in range(n):
            x = _values(g, size, self.tame).astype(np.int8)
            if g.integers(2):
                x[x <= g.integers(-127, -63)] = -128
            samples.append((x, int(g.integers(classes))))
        return samples


def _values(g: Generator, n: int, tame: bool) -> Ints:
    """int8 values: noise, few or small ones, zeros, or nothing but extremes."""
    style = "noise" if tame else g.choice(["noise", "small", "sparse", "zero", "extreme", "one"])
    v = g.integers(-127, 128, n)
    if style == "small":
        return v // 40
    if style == "sparse":
        return v * (g.random(n) < 0.2)
    if style == "zero":
        return v * 0
    if style == "extreme":
        return np.where(v < 0, -127, 127)
    return v if style == "noise" else np.full(n, v[0])


def _scale(g: Generator, shift: int) -> Scale:
    count = g.choice([0, 62, 63, g.integers(64)])
    return Scale(int(np.clip(shift, 0, 30)), int(g.integers(2)), int(count))


def _scales(g: Generator, n: int, layer: Layer, case: Case, starts: tuple[int, int]) -> Layer:
    if layer.kind == MAX_POOL:
        return layer
    shifts = [int(s + g.integers(-3, 3)) if case.tame else int(g.integers(31)) for s in starts]
    if n + 1 < len(case.shapes):
        layer.activation = _scale(g, shifts[0])
    layer.error = _scale(g, shifts[1])
    return layer


def _copy(layer: Layer) -> Layer:
    return Layer(**vars(layer))


def _data(g: Generator, layer: Layer, tame: bool) -> None:
    """Weights and, on one throw of two, fractions."""
    outputs, fan_in, bits = layer.out[2], layer.fan_in, layer.fraction_bits
    layer.weight = _values(g, outputs * fan_in, tame).reshape(outputs, fan_in)
    layer.fraction_stored = bool(g.integers(2))
    if layer.fraction_stored:
        fractions = g.integers(0, 1 << bits, layer.weight.size)
        layer.fraction = pack_fractions(fractions, bits)
        largest = 7 + bits
        layer.weight_bits = largest if tame else int(g.integers(largest + 1))


def _fill_tame(g: Generator, n: int, shape: Layer, case: Case) -> Layer:
    layer = _copy(shape)
    if layer.kind == AVG_POOL:
        size = layer.kernel[0] * layer.kernel[1]
        return _scales(g, n, layer, case, (22, (2**22 // size).bit_length()))
    if not layer.weighted:
        return layer
    layer.weight_exp = math.ceil(math.log2(2 * math.sqrt(6 / layer.fan_in) / 127))
    _data(g, layer, True)
    layer.bias = g.integers(-(2**18), 2**18, layer.out[2])
    starts = 6 + layer.fan_in.bit_length() // 2, 6 + layer.out[2].bit_length() // 2
    return _scales(g, n, layer, case, starts)


def _fill_wild(g: Generator, n: int, shape: Layer, case: Case) -> Layer:
    layer = _scales(g, n, _copy(shape), case, (0, 0))
    if layer.weighted:
        layer.weight_exp = int(g.choice([-20, 9, 10, g.integers(-20, 11)]))
        _data(g, layer, False)
        reach = 2 ** int(g.integers(29))
        layer.bias = g.choice([-reach, 0, reach, int(g.integers(reach))], layer.out[2])
    return layer


def _out(extent: int, kernel: int, stride: int, pads: int) -> int:
    return (extent + pads - kernel) // stride + 1


def _window(draw: Draw, extent: int, padded: bool) -> tuple[int, int, int, int]:
    """Kernel, stride and pads of one axis."""
    kernel = draw(st.integers(1, extent) if draw(st.booleans()) else st.integers(1, 4))
    short = max(0, kernel - extent)  # what padding must make up for
    if not padded or 2 * (kernel - 1) < short:
        kernel, short = min(kernel, extent), 0
    stride = draw(st.integers(1, 3))
    pads = st.integers(0, min(kernel - 1, 255)) if padded else st.just(0)
    before, after = draw(pads), draw(pads)
    if before + after < short:
        before = after = kernel - 1
    return kernel, stride, before, after


def _spatial(draw: Draw, kind: int, shape: Shape) -> Layer:
    h, w, c = shape
    padded = kind != AVG_POOL
    kernel_h, stride_h, top, bottom = _window(draw, h, padded)
    kernel_w, stride_w, left, right = _window(draw, w, padded)
    out_h = _out(h, kernel_h, stride_h, top + bottom)
    out_w = _out(w, kernel_w, stride_w, left + right)
    layer = Layer(kind, shape, (out_h, out_w, draw(st.integers(1, 5)) if kind == CONV2D else c))
    layer.kernel, layer.stride = (kernel_h, kernel_w), (stride_h, stride_w)
    layer.pad = (top, left, bottom, right)
    return layer


def _hidden(draw: Draw, shape: Shape) -> Layer:
    kind = draw(st.sampled_from([DENSE, CONV2D, CONV2D, MAX_POOL, AVG_POOL]))
    if kind == DENSE:
        layer = Layer(DENSE, shape, (1, 1, draw(st.integers(1, 12))))
    else:
        layer = _spatial(draw, kind, shape)
    if kind != MAX_POOL:
        layer.relu = draw(st.booleans())
    if layer.weighted:
        layer.fraction_bits = draw(st.sampled_from([8, 4, 0]))
    return layer


INPUTS = st.one_of(
    st.tuples(st.integers(1, 7), st.integers(1, 7), st.integers(1, 4)),
    st.tuples(st.just(1), st.integers(1, 40), st.integers(1, 3)),
    st.tuples(st.just(1), st.integers(256, 300), st.just(1)),
)


@st.composite
def cases(draw: Draw, hidden: int = 4, steps: tuple[int, int] = (1, 5)) -> Case:
    """Networks of up to `hidden` layers and a dense one on top."""
    first = shape = draw(INPUTS)
    layers = []
    for _ in range(draw(st.integers(0, hidden))):
        layer = _hidden(draw, shape)
        if math.prod(layer.out) <= MOST_VALUES:
            layers.append(layer)
            shape = layer.out
    bits = draw(st.sampled_from([8, 4, 0]))
    layers.append(Layer(DENSE, shape, (1, 1, draw(st.integers(2, 11))), fraction_bits=bits))
    weighted = [n for n, layer in enumerate(layers) if layer.weighted]
    for n in weighted:
        layers[n].bounded = draw(st.booleans())
    for n in weighted:
        layers[n].bounded = draw(st.booleans())
    trained = draw(st.sets(st.sampled_from(weighted), min_size=1))
    tame = draw(st.booleans())
    shifts = st.integers(2, 8) if tame else st.integers(-8, 24)
    return Case(
        first, tuple(layers), tame, frozenset(trained),
        batch_log2=draw(st.sampled_from([0, 0, 1, 2, 3])),
        step=draw(st.sampled_from([0, 1, 62, 63, 64, 1000, 2**32 - 2])),
        rate=Rate(draw(st.integers(8, 15)), draw(shifts)),
        steps=draw(st.integers(*steps)),
        seed=draw(st.integers(0, 2**20)),
    )  # fmt: skip
