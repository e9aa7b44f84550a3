# SPDX-License-Identifier: Apache-2.0
"""ONNX models made for the tests: given chains, and random ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

OPSET = 13


class Chain:
    """Appends nodes, each fed by the one before; shapes are without the batch."""

    def __init__(self, *sample_shape: int, seed: int = 0, batch: Any = "N") -> None:
        self.rs = np.random.RandomState(seed)
        self.sample_shape, self.batch = sample_shape, batch
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.current = "x"
        self.output_rank = 2

    def constant(self, array: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def weights(self, *shape: int) -> str:
        scale = 1 / np.sqrt(max(1, np.prod(shape[1:])))
        return self.constant((self.rs.standard_normal(shape) * scale).astype(np.float32))

    def add(self, op: str, *inputs: str, **attributes: Any) -> Chain:
        name = f"t{len(self.nodes)}"
        node = helper.make_node(op, [self.current, *inputs], [name], name=f"n-{op}", **attributes)
        self.nodes.append(node)
        self.current = name
        return self

    def conv(self, cin: int, cout: int, kernel: Sequence[int], **attributes: Any) -> Chain:
        return self.add("Conv", self.weights(cout, cin, *kernel), self.weights(cout), **attributes)

    def gemm(self, n: int, m: int) -> Chain:
        return self.add("Gemm", self.weights(m, n), self.weights(m), transB=1)

    def proto(self) -> Any:
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [self.batch, *self.sample_shape])
        shape = [f"d{i}" for i in range(self.output_rank)]
        y = helper.make_tensor_value_info(self.current, TensorProto.FLOAT, shape)
        graph = helper.make_graph(self.nodes, "g", [x], [y], self.constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)])

    def inputs(self, n: int) -> np.ndarray:
        """Uniform in +-1."""
        return self.rs.uniform(-1, 1, (n, *self.sample_shape)).astype(np.float32)


def evaluate(proto: Any, x: np.ndarray) -> np.ndarray:
    """What ONNX's own reference computes."""
    return ReferenceEvaluator(proto).run(None, {"x": x})[0]


class _Random:
    """Draws a chain and follows its shape."""

    def __init__(self, seed: int) -> None:
        self.rs = np.random.RandomState(seed)
        self.one_d = bool(self.rs.randint(2))
        spatial = [self.pick(5, 12)] if self.one_d else [self.pick(5, 9), self.pick(5, 9)]
        self.shape = [self.pick(1, 3), *spatial]
        self.chain = Chain(*self.shape, seed=seed)

    def pick(self, low: int, high: int) -> int:
        return int(self.rs.randint(low, high + 1))

    def slide(self, op: str, channels: int) -> None:
        axes = len(self.shape) - 1
        kernel = [self.pick(1, min(3, n)) for n in self.shape[1:]]
        strides = [self.pick(1, 2) for _ in range(axes)]
        pads = [self.pick(0, kernel[i % axes] - 1) for i in range(2 * axes)]
        # The reference evaluator mistakes the order of the pads of a pool of stride 1.
        if op == "AveragePool" or (op == "MaxPool" and set(strides) == {1}):
            pads = [0] * 2 * axes
        attributes = {"strides": strides, "pads": pads}
        if op == "Conv":
            self.chain.conv(self.shape[0], channels, kernel, **attributes)
        else:
            self.chain.add(op, kernel_shape=kernel, **attributes)
        extents = [
            (n + pads[i] + pads[i + axes] - kernel[i]) // strides[i] + 1
            for i, n in enumerate(self.shape[1:])
        ]
        self.shape = [channels, *extents]

    def maybe_relu(self) -> None:
        fusable = any(node.op_type != "MaxPool" for node in self.chain.nodes)
        if fusable and self.rs.randint(2):
            self.chain.add("Relu")

    def dense(self, outputs: int) -> None:
        n = self.shape[0]
        if self.rs.randint(2):
            self.chain.gemm(n, outputs)
        else:
            self.chain.add("MatMul", self.chain.weights(n, outputs))
            self.chain.add("Add", self.chain.weights(outputs))
        self.shape = [outputs]


def random_chain(seed: int) -> Chain:
    """Convolutions and pools, a flatten of either kind, and dense layers."""
    r = _Random(seed)
    for _ in range(r.pick(0, 3)):
        op = ("Conv", "Conv", "MaxPool", "AveragePool")[r.pick(0, 3)]
        r.slide(op, r.pick(1, 4) if op == "Conv" else r.shape[0])
        r.maybe_relu()
    if r.rs.randint(4) == 0:
        r.chain.add("GlobalAveragePool")
        r.shape[1:] = [1] * (len(r.shape) - 1)
    if r.rs.randint(2):
        r.chain.add("Flatten")
    else:
        r.chain.add("Reshape", r.chain.constant(np.array([0, -1])))
    r.shape = [int(np.prod(r.shape))]
    for _ in range(r.pick(0, 2)):
        r.dense(r.pick(2, 8))
        r.maybe_relu()
    r.dense(r.pick(2, 5))
    if r.rs.randint(2):
        r.chain.add("Softmax")
    return r.chain
