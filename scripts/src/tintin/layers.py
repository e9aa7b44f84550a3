# SPDX-License-Identifier: Apache-2.0
"""The layers that a network can be made of; shapes are (height, width, channels)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from tintin.errors import ModelError

Shape = tuple[int, int, int]
Pair = tuple[int, int]
Padding = tuple[int, int, int, int]

MAX_VALUES = 65535


def pair(value: int | Sequence[int]) -> Pair:
    """An extent given once, or as (height, width)."""
    h, w = (value, value) if isinstance(value, int) else value
    return h, w


def padding_of(value: int | Sequence[int]) -> Padding:
    """Padding given once, as (vertical, horizontal) or as (top, left, bottom, right)."""
    if isinstance(value, int) or len(value) == 2:
        v, h = pair(value)
        return v, h, v, h
    top, left, bottom, right = value
    return top, left, bottom, right


@dataclass(frozen=True)
class Dense:
    """Fully connected: logits or activations [1, 1, outputs] of all inputs in memory order.

    Weights that are `bounded` stop where int8 ends at their first exponent; others go on. Where
    they begin at random and are `centred`, those of an output sum to 0; a record does not keep it.
    """

    outputs: int
    relu: bool = False
    fraction_bits: int = 8
    bounded: bool = False
    centred: bool = field(default=False, compare=False)

    kind = "dense"

    def __post_init__(self) -> None:
        _check_range("outputs", self.outputs, 1, MAX_VALUES)
        _check_weighted(self)

    def output(self, shape: Shape) -> Shape:
        """[1, 1, outputs]."""
        return 1, 1, self.outputs

    def fan_in(self, shape: Shape) -> int:
        """K: inputs of one output."""
        return volume(shape)


@dataclass(frozen=True)
class Conv2d:
    """Convolution with zero padding (top, left, bottom, right). 1-D is a kernel of height 1.

    `bounded` and `centred` as in Dense.
    """

    channels: int
    kernel: Pair
    stride: Pair = (1, 1)
    padding: Padding = (0, 0, 0, 0)
    relu: bool = False
    fraction_bits: int = 8
    bounded: bool = False
    centred: bool = field(default=False, compare=False)

    kind = "conv2d"

    def __post_init__(self) -> None:
        _normalise(self)
        _check_range("channels", self.channels, 1, MAX_VALUES)
        _check_weighted(self)

    def output(self, shape: Shape) -> Shape:
        """[oh, ow, channels]."""
        return (*_slide(self, shape), self.channels)

    def fan_in(self, shape: Shape) -> int:
        """K: inputs of one output."""
        return self.kernel[0] * self.kernel[1] * shape[2]


@dataclass(frozen=True)
class MaxPool:
    """Maximum over each window; padding never wins. Without a stride, windows do not overlap."""

    kernel: Pair
    stride: Pair = (0, 0)
    padding: Padding = (0, 0, 0, 0)

    kind = "maxpool"

    def __post_init__(self) -> None:
        _default_stride(self)
        _normalise(self)

    def output(self, shape: Shape) -> Shape:
        """[oh, ow, c]."""
        return (*_slide(self, shape), shape[2])


@dataclass(frozen=True)
class AvgPool:
    """Mean over each window; see global_pool() for one over the whole input."""

    kernel: Pair
    stride: Pair = (0, 0)
    relu: bool = False

    kind = "avgpool"
    padding = (0, 0, 0, 0)

    def __post_init__(self) -> None:
        _check_flag("relu", self.relu)
        _default_stride(self)
        _normalise(self)

    def output(self, shape: Shape) -> Shape:
        """[oh, ow, c]."""
        return (*_slide(self, shape), shape[2])


@dataclass(frozen=True)
class GlobalAvgPool:
    """Mean of each channel over the whole input: a Model makes it an AvgPool of that size."""

    relu: bool = False

    kind = "globalavgpool"

    def __post_init__(self) -> None:
        _check_flag("relu", self.relu)

    def output(self, shape: Shape) -> Shape:
        """[1, 1, c]."""
        return 1, 1, shape[2]

    def of(self, shape: Shape) -> AvgPool:
        """The average pool over an input of `shape`."""
        return AvgPool(shape[:2], relu=self.relu)


@dataclass(frozen=True)
class Flatten:
    """Nothing: a dense layer reads its input in memory order. Allowed only before one."""

    kind = "flatten"

    def output(self, shape: Shape) -> Shape:
        """All values in one row."""
        return 1, 1, volume(shape)


Weighted: TypeAlias = Dense | Conv2d
Window: TypeAlias = Conv2d | MaxPool | AvgPool
RecordLayer: TypeAlias = Dense | Conv2d | MaxPool | AvgPool
Layer: TypeAlias = RecordLayer | GlobalAvgPool | Flatten


def volume(shape: Shape) -> int:
    """Values in a tensor."""
    return shape[0] * shape[1] * shape[2]


def _check_range(what: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ModelError(f"{what} {value!r}: must be {low}..{high}")


def _check_flag(what: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise ModelError(f"{what} {value!r}: must be true or false")


def _check_weighted(layer: Dense | Conv2d) -> None:
    _check_flag("relu", layer.relu)
    _check_flag("bounded", layer.bounded)
    _check_flag("centred", layer.centred)
    bits: Any = layer.fraction_bits
    if isinstance(bits, bool | float) or bits not in (0, 4, 8):
        raise ModelError(f"fraction_bits {bits!r}: must be 8, 4 or 0")


def _default_stride(layer: MaxPool | AvgPool) -> None:
    if layer.stride in (0, (0, 0)):
        object.__setattr__(layer, "stride", layer.kernel)


def _normalise(layer: Window) -> None:
    """Spell out extents that were given once, and check what the record can hold."""
    try:
        object.__setattr__(layer, "kernel", pair(layer.kernel))
        object.__setattr__(layer, "stride", pair(layer.stride))
        if not isinstance(layer, AvgPool):
            object.__setattr__(layer, "padding", padding_of(layer.padding))
    except (TypeError, ValueError):
        raise ModelError("kernel and stride are 1 or 2 numbers, padding 1, 2 or 4") from None
    for extent, stride in zip(layer.kernel, layer.stride, strict=True):
        _check_range("kernel", extent, 1, 65535)
        _check_range("stride", stride, 1, 255)
    for i, pad in enumerate(layer.padding):
        _check_range("padding", pad, 0, min(255, layer.kernel[i % 2] - 1))


def _slide(layer: Window, shape: Shape) -> Pair:
    """Window positions down and across: (in + pads - kernel) / stride + 1."""
    top, left, bottom, right = layer.padding
    height, width = shape[0] + top + bottom, shape[1] + left + right
    (kh, kw), (sh, sw) = layer.kernel, layer.stride
    if kh > height or kw > width:
        raise ModelError(f"the kernel {kh}x{kw} is larger than its padded input {height}x{width}")
    return (height - kh) // sh + 1, (width - kw) // sw + 1
