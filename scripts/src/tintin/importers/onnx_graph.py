# SPDX-License-Identifier: Apache-2.0
"""An ONNX file as a chain of nodes with their constants and attributes at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from tintin.errors import ConversionError

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Node:
    """One operator: the tensor that flows through the chain goes in at `data_at`."""

    label: str
    op: str
    attributes: Mapping[str, Any]
    constants: Mapping[int, Array]
    data_at: int

    def refuse(self, reason: str) -> NoReturn:
        """Stop, naming this node."""
        raise ConversionError(f"node {self.label} ({self.op}): {reason}")

    def options(self, **defaults: Any) -> dict[str, Any]:
        """The attributes, each of which has to be among `defaults`."""
        unknown = sorted(set(self.attributes) - set(defaults))
        if unknown:
            self.refuse(f"attribute {unknown[0]} is not supported")
        return defaults | dict(self.attributes)

    def constant(self, at: int, what: str) -> Array:
        """Input `at` as a float array, known in advance."""
        if at not in self.constants:
            self.refuse(f"its {what} must be constant")
        return self.constants[at].astype(np.float64)


@dataclass(frozen=True)
class Chain:
    """Nodes in order, and the shape of one input sample as ONNX has it (without the batch)."""

    nodes: list[Node] = field(default_factory=list)
    input: tuple[int, ...] = ()


def load(path: Path) -> Any:
    """Read and check an ONNX file. Raises ConversionError or OSError."""
    data = path.read_bytes()
    try:
        proto = onnx.load_model_from_string(data)
        onnx.load_external_data_for_model(proto, str(path.parent))
        onnx.checker.check_model(proto, full_check=True)
    except Exception as error:  # protobuf, checker and file errors share no base
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise ConversionError(f"{path}: not a valid ONNX model: {reason}") from None
    return proto


def chain_of(proto: Any) -> Chain:
    """The nodes from the one input to the one output. Raises ConversionError for a branch."""
    graph = proto.graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    inputs = [value for value in graph.input if value.name not in constants]
    if len(inputs) != 1 or len(graph.output) != 1:
        raise ConversionError(
            f"{len(inputs)} inputs and {len(graph.output)} outputs: need 1 of each"
        )
    nodes, current = [], inputs[0].name
    for index, proto_node in enumerate(graph.node):
        if proto_node.op_type == "Constant":
            constants[proto_node.output[0]] = _constant(proto_node, index)
            continue
        nodes.append(_node(proto_node, index, current, constants))
        current = proto_node.output[0]
    if graph.output[0].name != current:
        raise ConversionError(f"the output {graph.output[0].name} is not what the last node makes")
    return Chain(nodes, _sample_shape(inputs[0]))


def _label(proto_node: Any, index: int) -> str:
    return f'"{proto_node.name}"' if proto_node.name else f"#{index}"


def _attributes(proto_node: Any) -> dict[str, Any]:
    values = {a.name: onnx.helper.get_attribute_value(a) for a in proto_node.attribute}
    return {k: v.decode() if isinstance(v, bytes) else v for k, v in values.items()}


def _constant(proto_node: Any, index: int) -> Array:
    attributes = _attributes(proto_node)
    if "value" in attributes:
        return numpy_helper.to_array(attributes["value"])
    for name in ("value_float", "value_floats", "value_int", "value_ints"):
        if name in attributes:
            return np.asarray(attributes[name])
    raise ConversionError(f"node {_label(proto_node, index)} (Constant): no numbers in it")


def _node(proto_node: Any, index: int, current: str, constants: Mapping[str, Array]) -> Node:
    at = [i for i, name in enumerate(proto_node.input) if name == current]
    node = Node(
        label=_label(proto_node, index),
        op=proto_node.op_type
        if proto_node.domain in ("", "ai.onnx")
        else (f"{proto_node.domain}.{proto_node.op_type}"),
        attributes=_attributes(proto_node),
        constants={i: constants[n] for i, n in enumerate(proto_node.input) if n in constants},
        data_at=at[0] if at else -1,
    )
    known = len(at) + len(node.constants) + sum(name == "" for name in proto_node.input)
    if len(at) != 1 or known != len(proto_node.input):
        node.refuse("the network branches here: only a chain of layers is supported")
    if any(proto_node.output[1:]):
        node.refuse("a second output is not supported")
    return node


def _sample_shape(value: Any) -> tuple[int, ...]:
    kind = value.type.tensor_type
    if kind.elem_type != onnx.TensorProto.FLOAT:
        raise ConversionError(f"input {value.name}: must be float32")
    dims = kind.shape.dim[1:]
    if not kind.HasField("shape") or any(d.dim_value < 1 for d in dims):
        raise ConversionError(f"input {value.name}: a dynamic shape, only the batch may vary")
    return tuple(d.dim_value for d in dims)
