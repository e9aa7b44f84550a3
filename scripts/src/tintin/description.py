# SPDX-License-Identifier: Apache-2.0
"""A model in plain data, for YAML, JSON and Python literals.

input: [28, 28, 1]
rate: 0.0078125                # optional, as is input_exp
layers:
  - conv2d: {channels: 6, kernel: 5, padding: 2, relu: true}
  - maxpool: 2                 # one value stands for the first parameter
  - flatten                    # a name alone for none
  - dense: 10
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from tintin.errors import ModelError
from tintin.model import (
    AvgPool,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool,
    Layer,
    MaxPool,
    Model,
    Rate,
    default_rate,
)

LAYERS: dict[str, type[Layer]] = {
    kind.kind: kind for kind in (Dense, Conv2d, MaxPool, AvgPool, GlobalAvgPool, Flatten)
}
KEYS = {"input", "layers", "input_exp", "rate"}


def from_file(path: Path) -> Model:
    """A model from a YAML or JSON file."""
    try:
        return from_data(yaml.safe_load(path.read_text()))
    except yaml.YAMLError as error:
        reason = str(error).replace("\n", " ")
        raise ModelError(f"{path}: not YAML or JSON: {reason}") from None
    except (ModelError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: {error}") from None


def from_literal(text: str) -> Model:
    """A model from a Python literal or flow-style YAML, which JSON is part of."""
    try:
        return from_data(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        pass
    try:
        return from_data(yaml.safe_load(text))
    except yaml.YAMLError:
        raise ModelError("the description is neither a Python literal nor JSON") from None


def from_sizes(text: str) -> Model:
    """Dense layers from their sizes: 64-32-10 has 64 inputs, 32 hidden units, 10 classes."""
    try:
        sizes = [int(part) for part in text.split("-")]
    except ValueError:
        raise ModelError(f"{text!r}: must be sizes such as 64-32-10") from None
    if len(sizes) < 2:
        raise ModelError(f"{text!r}: needs at least the inputs and the classes")
    hidden = [Dense(n, relu=True) for n in sizes[1:-1]]
    layers = [*hidden, Dense(sizes[-1])]
    return Model((1, 1, sizes[0]), layers, rate=default_rate(layers))


def from_data(data: Any) -> Model:
    """A model from dictionaries, lists and numbers."""
    if not isinstance(data, Mapping) or not {"input", "layers"} <= set(data) <= KEYS:
        raise ModelError("a description has input and layers, and may have input_exp and rate")
    if not isinstance(data["layers"], list | tuple) or not isinstance(data["input"], list | tuple):
        raise ModelError("input and layers are lists")
    layers = [_layer(item, i) for i, item in enumerate(data["layers"])]
    rate = data.get("rate")
    if rate is not None and not isinstance(rate, int | float):
        raise ModelError(f"rate {rate!r}: must be a number")
    return Model(
        input=tuple(data["input"]),
        layers=layers,
        input_exp=data.get("input_exp", -7),
        rate=default_rate(layers) if rate is None else Rate.of(rate),
    )


def to_data(model: Model) -> dict[str, Any]:
    """The inverse of from_data(): lists and numbers, ready for JSON."""
    return {
        "input": list(model.input),
        "input_exp": model.input_exp,
        "rate": float(model.rate),
        "layers": [{layer.kind: _parameters(layer)} for layer in model.layers],
    }


def _parameters(layer: Layer) -> dict[str, Any]:
    values = {f.name: getattr(layer, f.name) for f in fields(layer)}
    return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}


def _layer(item: Any, index: int) -> Layer:
    name, value = next(iter(item.items())) if isinstance(item, Mapping) and item else (item, {})
    if not isinstance(name, str) or name not in LAYERS or (item != name and len(item) != 1):
        raise ModelError(f"layer {index}: {item!r} is none of {', '.join(LAYERS)}")
    kind = LAYERS[name]
    names = [f.name for f in fields(kind)]
    if not isinstance(value, Mapping):
        value = {names[0]: value} if names else value
    unknown = sorted(set(value) - set(names)) if isinstance(value, Mapping) else [value]
    if unknown:
        raise ModelError(f"layer {index} ({name}): has no {unknown[0]!r}, only {', '.join(names)}")
    try:
        return kind(**{k: _tupled(v) for k, v in value.items()})
    except TypeError:
        raise ModelError(f"layer {index} ({name}): needs {names[0]}") from None
    except ModelError as error:
        raise ModelError(f"layer {index} ({name}): {error}") from None


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
