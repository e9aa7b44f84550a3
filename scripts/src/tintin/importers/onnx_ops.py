# SPDX-License-Identifier: Apache-2.0
"""One function an ONNX operator: what it adds to the network under construction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from tintin.float_reference import FloatArray, FloatWeights
from tintin.importers.onnx_graph import Array, Node
from tintin.layers import (
    AvgPool,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool,
    Layer,
    MaxPool,
    Padding,
    Pair,
)


@dataclass
class Built:
    """The network so far. `shape` is that of the tensor here, as ONNX has it, without the batch.

    `unflattened` is the shape before a flatten whose order (channels first) the next dense
    layer's weights have to follow.
    """

    shape: tuple[int, ...]
    layers: list[Layer] = field(default_factory=list)
    weights: list[FloatWeights | None] = field(default_factory=list)
    unflattened: tuple[int, ...] | None = None
    bias_open: bool = False
    softmax: bool = False

    def add(self, layer: Layer, weights: FloatWeights | None, shape: tuple[int, ...]) -> None:
        """Append a layer whose output has this shape."""
        self.layers.append(layer)
        self.weights.append(weights)
        self.shape = shape
        self.bias_open = weights is not None


def _spatial(node: Node, shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Channels, height and width; of a 1-D signal the height is 1."""
    if len(shape) == 2:
        return shape[0], 1, shape[1]
    if len(shape) == 3:
        return shape[0], shape[1], shape[2]
    node.refuse(f"its input {list(shape)} is neither a signal nor an image")


def _like(built: Built, channels: int, out: Pair) -> tuple[int, ...]:
    """A shape of as many dimensions as the current one."""
    return (channels, out[1]) if len(built.shape) == 2 else (channels, *out)


def _two(values: list[int], one_d: int) -> Pair:
    """Height and width of an attribute that has one number less for a 1-D signal."""
    v, h = [one_d, *values] if len(values) == 1 else values
    return v, h


def _window(node: Node, built: Built, kernel: list[int]) -> tuple[Pair, Pair, Padding]:
    """Kernel, stride and padding, with auto_pad resolved."""
    options = node.attributes
    axes = len(kernel)
    if any(d != 1 for d in options.get("dilations", [])):
        node.refuse(f"dilations {list(options['dilations'])} are not supported")
    stride = list(options.get("strides", [1] * axes))
    pads = list(options.get("pads", [0] * 2 * axes))
    auto = options.get("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        extents = built.shape[1:]
        total = [
            max((-(-n // s) - 1) * s + k - n, 0)
            for n, k, s in zip(extents, kernel, stride, strict=True)
        ]
        small, large = [t // 2 for t in total], [t - t // 2 for t in total]
        pads = small + large if auto == "SAME_UPPER" else large + small
    elif auto == "VALID":
        pads = [0] * 2 * axes
    elif auto != "NOTSET":
        node.refuse(f"auto_pad {auto} is not supported")
    top, left = _two(pads[:axes], 0)
    bottom, right = _two(pads[axes:], 0)
    return _two(kernel, 1), _two(stride, 1), (top, left, bottom, right)


def _slid(node: Node, built: Built, layer: Conv2d | MaxPool | AvgPool) -> Pair:
    c, h, w = _spatial(node, built.shape)
    return layer.output((h, w, c))[:2]


def conv(node: Node, built: Built) -> None:
    """Conv, in one or two dimensions."""
    options = node.options(
        auto_pad="NOTSET", dilations=[], group=1, kernel_shape=[], pads=[], strides=[]
    )
    if options["group"] != 1:
        node.refuse(f"group {options['group']} is not supported")
    channels = _spatial(node, built.shape)[0]
    weight = node.constant(1, "weights")
    if weight.ndim != len(built.shape) + 1 or weight.shape[1] != channels:
        node.refuse(f"weights {list(weight.shape)} do not fit the input {list(built.shape)}")
    if list(options["kernel_shape"]) not in ([], list(weight.shape[2:])):
        node.refuse(f"kernel_shape {list(options['kernel_shape'])} is not that of the weights")
    kernel, stride, padding = _window(node, built, list(weight.shape[2:]))
    outputs = weight.shape[0]
    bias = node.constant(2, "bias") if 2 in node.constants else np.zeros(outputs)
    layer = Conv2d(outputs, kernel, stride, padding)
    # [O, c, kh, kw] to [O, kh, kw, c]
    rows = weight.reshape(outputs, channels, *kernel).transpose(0, 2, 3, 1).reshape(outputs, -1)
    shape = _like(built, outputs, _slid(node, built, layer))
    built.add(layer, FloatWeights(rows, bias), shape)


def max_pool(node: Node, built: Built) -> None:
    """MaxPool, in one or two dimensions."""
    options = node.options(
        auto_pad="NOTSET",
        ceil_mode=0,
        dilations=[],
        kernel_shape=[],
        pads=[],
        storage_order=0,
        strides=[],
    )
    _refuse_ceil(node, options["ceil_mode"])
    layer = MaxPool(*_window(node, built, list(options["kernel_shape"])))
    built.add(layer, None, _like(built, built.shape[0], _slid(node, built, layer)))


def average_pool(node: Node, built: Built) -> None:
    """AveragePool without padding."""
    options = node.options(
        auto_pad="NOTSET",
        ceil_mode=0,
        count_include_pad=0,
        dilations=[],
        kernel_shape=[],
        pads=[],
        strides=[],
    )
    _refuse_ceil(node, options["ceil_mode"])
    kernel, stride, padding = _window(node, built, list(options["kernel_shape"]))
    if any(padding):
        node.refuse(
            f"padding of an average is not supported (count_include_pad "
            f"{options['count_include_pad']})"
        )
    layer = AvgPool(kernel, stride)
    built.add(layer, None, _like(built, built.shape[0], _slid(node, built, layer)))


def global_average_pool(node: Node, built: Built) -> None:
    """GlobalAveragePool."""
    node.options()
    channels = _spatial(node, built.shape)[0]
    built.add(GlobalAvgPool(), None, _like(built, channels, (1, 1)))


def _refuse_ceil(node: Node, ceil_mode: int) -> None:
    if ceil_mode:
        node.refuse("ceil_mode is not supported")


def flatten(node: Node, built: Built) -> None:
    """Flatten of all but the batch."""
    axis = node.options(axis=1)["axis"]
    if axis not in (1, -len(built.shape)):
        node.refuse(f"axis {axis} is not supported: only all but the batch is flattened")
    _to_flat(built)


def reshape(node: Node, built: Built) -> None:
    """Reshape that flattens all but the batch."""
    allow_zero = node.options(allowzero=0)["allowzero"]
    if 1 not in node.constants:
        node.refuse("a dynamic shape is not supported")
    shape = [int(n) for n in node.constants[1].reshape(-1)]
    values = int(np.prod(built.shape))
    batch = [1, -1] + ([] if allow_zero else [0])
    if len(shape) != 2 or shape[0] not in batch or shape[1] not in (-1, values):
        node.refuse(f"to {shape} is not supported: only all but the batch is flattened")
    _to_flat(built)


def _to_flat(built: Built) -> None:
    if len(built.shape) == 1:
        return
    built.unflattened = built.shape
    built.layers.append(Flatten())
    built.weights.append(None)
    built.shape = (int(np.prod(built.shape)),)
    built.bias_open = False


def _dense(node: Node, built: Built, weight: FloatArray, bias: FloatArray) -> None:
    """A dense layer of weights [O, K], k in ONNX's order of the flattened tensor."""
    if len(built.shape) != 1:
        node.refuse(f"its input {list(built.shape)} needs a Flatten before")
    outputs, fan_in = weight.shape
    if fan_in != built.shape[0]:
        node.refuse(f"weights {list(weight.shape)} do not fit {built.shape[0]} inputs")
    if built.unflattened is not None:
        c, h, w = _spatial(node, built.unflattened)
        weight = weight.reshape(outputs, c, h, w).transpose(0, 2, 3, 1).reshape(outputs, fan_in)
        built.unflattened = None
    built.add(Dense(outputs), FloatWeights(weight, bias), (outputs,))


def gemm(node: Node, built: Built) -> None:
    """Gemm: alpha * x * B + beta * C."""
    options = node.options(alpha=1.0, beta=1.0, transA=0, transB=0)
    if options["transA"] or node.data_at != 0:
        node.refuse("a transposed input is not supported")
    weight = _matrix(node) * options["alpha"]
    weight = weight if options["transB"] else weight.T
    bias = np.zeros(len(weight))
    if 2 in node.constants:
        bias = _row(node, node.constant(2, "bias"), len(weight)) * options["beta"]
    _dense(node, built, weight, bias)


def mat_mul(node: Node, built: Built) -> None:
    """MatMul with a constant matrix on its right."""
    node.options()
    if node.data_at != 0:
        node.refuse("the constant matrix must be on the right")
    weight = _matrix(node).T
    _dense(node, built, weight, np.zeros(len(weight)))


def _matrix(node: Node) -> FloatArray:
    weight = node.constant(1, "weights")
    if weight.ndim != 2:
        node.refuse(f"weights {list(weight.shape)} are no matrix")
    return weight


def _row(node: Node, constant: Array, n: int) -> FloatArray:
    """A constant that is added to rows of n, as n numbers."""
    if constant.size not in (1, n) or constant.shape[-1:] not in ((), (1,), (n,)):
        node.refuse(f"adding {list(constant.shape)} to {n} outputs is not supported")
    return np.broadcast_to(constant.reshape(-1), n).astype(np.float64)


def add(node: Node, built: Built) -> None:
    """Add of a constant to a layer's outputs: its bias."""
    node.options()
    if not built.bias_open:
        node.refuse("only a constant right after MatMul, Gemm or Conv can be added")
    constant = node.constant(1 - node.data_at, "addend")
    weights = built.weights[-1]
    assert weights is not None
    channels = built.shape[0]
    for _ in built.shape[1:]:  # channels stand before the spatial axes
        if constant.ndim and constant.shape[-1] != 1:
            node.refuse(f"adding {list(constant.shape)} is not supported: one number a channel is")
        constant = constant.reshape(constant.shape[:-1])
    bias = weights.bias + _row(node, constant, channels)
    built.weights[-1] = FloatWeights(weights.weight, bias)


def relu(node: Node, built: Built) -> None:
    """Relu, fused into the layer that makes its input, through max pools."""
    node.options()
    for i in reversed(range(len(built.layers))):
        layer = built.layers[i]
        if isinstance(layer, MaxPool | Flatten):
            continue
        built.layers[i] = replace(layer, relu=True)
        built.bias_open = False
        return
    node.refuse("there is no layer before it to fuse it into")


def softmax(node: Node, built: Built) -> None:
    """Softmax at the end: training and prediction bring their own."""
    axis = node.options(axis=-1)["axis"]
    if len(built.shape) != 1 or axis not in (1, -1):
        node.refuse(f"axis {axis} of {list(built.shape)} is not supported")
    built.softmax = True


OPS: dict[str, Callable[[Node, Built], None]] = {
    "Add": add,
    "AveragePool": average_pool,
    "Conv": conv,
    "Flatten": flatten,
    "Gemm": gemm,
    "GlobalAveragePool": global_average_pool,
    "MatMul": mat_mul,
    "MaxPool": max_pool,
    "Relu": relu,
    "Reshape": reshape,
    "Softmax": softmax,
}
