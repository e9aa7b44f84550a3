# SPDX-License-Identifier: Apache-2.0
"""ONNX: a chain of layers, from channels first to channels last.

Supported are the operators of onnx_ops.OPS, in float32, with a batch of any size. Whatever else
a file holds is refused with the name of its node.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tintin.convert import FloatModel, input_exp_of, to_record
from tintin.errors import ConversionError, ModelError
from tintin.float_reference import FloatArray
from tintin.importers.onnx_graph import chain_of, load
from tintin.importers.onnx_ops import OPS, Built
from tintin.layers import Flatten
from tintin.model import Model, default_rate
from tintin.record import Record


@dataclass(frozen=True)
class Imported:
    """A float model from ONNX, and how its samples are laid out there: (c, h, w), (c, w), (n,)."""

    source: FloatModel
    sample_shape: tuple[int, ...]

    def channels_last(self, samples: npt.NDArray[Any]) -> FloatArray:
        """Samples [N, *sample_shape] as the record's network reads them, [N, length]."""
        x = samples.astype(np.float64)
        if x.shape[1:] != self.sample_shape:
            raise ConversionError(
                f"sample inputs {list(x.shape)}: the model takes [N, "
                f"{', '.join(map(str, self.sample_shape))}]"
            )
        return np.moveaxis(x, 1, -1).reshape(len(x), -1)


def read(path: Path | str, input_exp: int = -7) -> Imported:
    """Read an ONNX file. Raises ConversionError, OSError."""
    return from_proto(load(Path(path)), input_exp)


def from_proto(proto: Any, input_exp: int = -7) -> Imported:
    """Take over an ONNX model that is already in memory."""
    chain = chain_of(proto)
    built = Built(chain.input)
    for node in chain.nodes:
        if node.op not in OPS:
            node.refuse("this operator is not supported")
        if built.softmax:
            node.refuse("nothing may follow the Softmax")
        try:
            OPS[node.op](node, built)
        except ModelError as error:
            node.refuse(str(error))
    try:
        model = Model(_input(chain.input), built.layers, input_exp, default_rate(built.layers))
    except ModelError as error:
        raise ConversionError(str(error)) from None
    pairs = zip(built.layers, built.weights, strict=True)
    weights = tuple(weight for layer, weight in pairs if not isinstance(layer, Flatten))
    return Imported(FloatModel(model, weights), chain.input)


def convert(
    path: Path | str, samples: npt.NDArray[Any] | None = None, input_exp: int | None = None
) -> Record:
    """An ONNX file as a record.

    `samples`, as the ONNX model takes them, set the activation shifts and, where it is not
    given, the input's exponent.
    """
    imported = read(path, -7 if input_exp is None else input_exp)
    if samples is None:
        return to_record(imported.source)
    real = imported.channels_last(samples)
    if input_exp is None:
        imported = read(path, input_exp_of(real))
    return to_record(imported.source, real)


def _input(sample_shape: tuple[int, ...]) -> tuple[int, int, int]:
    if len(sample_shape) == 1:
        return 1, 1, sample_shape[0]
    if len(sample_shape) == 2:
        return 1, sample_shape[1], sample_shape[0]
    if len(sample_shape) == 3:
        return sample_shape[1], sample_shape[2], sample_shape[0]
    raise ConversionError(f"input {list(sample_shape)}: must be [n], [c, w] or [c, h, w]")
