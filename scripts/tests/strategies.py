# SPDX-License-Identifier: Apache-2.0
"""Random models for hypothesis, small enough for hundreds of them."""

from __future__ import annotations

from hypothesis import strategies as st

from tintin.errors import ModelError
from tintin.model import AvgPool, Conv2d, Dense, GlobalAvgPool, Layer, MaxPool, Model, Rate

extents = st.tuples(st.integers(1, 3), st.integers(1, 3))
bits = st.sampled_from([8, 4, 0])


@st.composite
def paddings(draw: st.DrawFn, kernel: tuple[int, int]) -> tuple[int, int, int, int]:
    top, left, bottom, right = (draw(st.integers(0, kernel[i % 2] - 1)) for i in range(4))
    return top, left, bottom, right


@st.composite
def spatial_layers(draw: st.DrawFn) -> Layer:
    kernel, stride, relu = draw(extents), draw(extents), draw(st.booleans())
    kind = draw(st.sampled_from(["conv", "max", "avg", "global"]))
    if kind == "conv":
        channels = draw(st.integers(1, 4))
        return Conv2d(
            channels, kernel, stride, draw(paddings(kernel)), relu, draw(bits), draw(st.booleans())
        )
    if kind == "max":
        return MaxPool(kernel, stride, draw(paddings(kernel)))
    return AvgPool(kernel, stride, relu) if kind == "avg" else GlobalAvgPool(relu)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Up to three spatial layers, up to two hidden dense ones, and the last."""
    shape = tuple(draw(st.integers(1, 7)) for _ in range(3))
    layers: list[Layer] = []
    current = shape
    for layer in draw(st.lists(spatial_layers(), max_size=3)):
        try:
            current = layer.output(current)
        except ModelError:
            continue  # larger than what it would read
        layers.append(layer)
    hidden = draw(
        st.lists(
            st.builds(Dense, st.integers(1, 6), st.booleans(), bits, st.booleans()), max_size=2
        )
    )
    last = Dense(draw(st.integers(2, 5)), False, draw(bits), draw(st.booleans()))
    rate = Rate(draw(st.integers(8, 15)), draw(st.integers(-8, 24)))
    return Model(shape, [*layers, *hidden, last], draw(st.integers(-40, 40)), rate)
