# SPDX-License-Identifier: Apache-2.0
"""The record: a network in one block of bytes, as SPEC.md lays it out.

>>> from tintin.model import Dense, Model
>>> data = write(Model(input=(8, 8, 1), layers=[Dense(10)]), 1)
>>> read(data).model.classes
10
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tintin.engine import record_check
from tintin.errors import ModelError
from tintin.initial import random_layers
from tintin.layers import AvgPool, Conv2d, Dense, MaxPool, RecordLayer, padding_of, pair
from tintin.model import Model, Wired
from tintin.planes import (
    LayerData,
    LayerState,
    Planes,
    Scale,
    pack_fractions,
    unpack_fractions,
)
from tintin.rate import Rate

MAGIC = 0x4E495454
VERSION = 1
RELU = 1
BOUNDED = 2
KIND_NUMBERS = {"dense": 1, "conv2d": 2, "maxpool": 3, "avgpool": 4}

_SHAPE = ("<u2", (3,))
HEADER = np.dtype(
    [
        ("magic", "<u4"),
        ("version", "<u2"),
        ("layers", "u1"),
        ("input_exp", "i1"),
        ("size", "<u4"),
        ("shape_hash", "<u4"),
        ("input", *_SHAPE),
        ("classes", "<u2"),
        ("step", "<u4"),
        ("parent", "<u4"),
        ("rng", "<u4"),
        ("rate_mantissa", "u1"),
        ("rate_shift", "i1"),
        ("reserved", "u1", (26,)),
    ]
)
ENTRY = np.dtype(
    [
        ("kind", "u1"),
        ("flags", "u1"),
        ("fraction_bits", "u1"),
        ("reserved0", "u1"),
        ("kernel", "<u2", (2,)),
        ("stride", "u1", (2,)),
        ("pad", "u1", (4,)),
        ("reserved1", "<u2"),
        ("out", *_SHAPE),
        ("reserved2", "u1", (10,)),
    ]
)
STATE = np.dtype(
    [
        ("activation", "u1", (4,)),
        ("error", "u1", (4,)),
        ("weight_exp", "i1"),
        ("weight_bits", "u1"),
        ("fraction_stored", "u1"),
        ("reserved", "u1", (5,)),
    ]
)


@dataclass(frozen=True)
class Record:
    """All that a record holds. `rng` is the random generator's state, `parent` a record's CRC."""

    model: Model
    layers: tuple[LayerData, ...]
    step: int = 0
    parent: int = 0
    rng: int = 1

    def without_fractions(self) -> Record:
        """The inference model: half the bytes, and training may still begin from it."""
        layers = tuple(
            LayerData(replace(data.state, weight_bits=0), replace(data.planes, fraction=None))
            if data.planes
            else data
            for data in self.layers
        )
        return replace(self, layers=layers)


def write(model: Model, weights: Sequence[LayerData] | int = 1) -> bytes:
    """A record of a model with these weights, or with random ones from a seed, not 0.

    Raises EngineError for a network that breaks an overflow bound.
    """
    if isinstance(weights, int):
        layers, rng = random_layers(model, weights)
        return pack(Record(model, tuple(layers), rng=rng))
    return pack(Record(model, tuple(weights)))


def pack(record: Record) -> bytes:
    """The bytes of a record, checked by the engine."""
    model = record.model
    if len(record.layers) != len(model.layers):
        raise ModelError(f"{len(model.layers)} layers, but weights of {len(record.layers)}")
    pairs = list(zip(model.wired, record.layers, strict=True))
    table = b"".join(_entry(wired).tobytes() for wired in model.wired)
    states = b"".join(_state(data).tobytes() for data in record.layers)
    data = b"".join(_planes(wired, data) for wired, data in pairs)
    header = _header(record, table)
    header["size"] = HEADER.itemsize + len(table) + len(states) + len(data) + 4
    body: bytes = header.tobytes() + table + states + data
    result = body + zlib.crc32(body).to_bytes(4, "little")
    record_check(result)
    return result


def read(data: bytes) -> Record:
    """A record from its bytes, all of which the engine has checked. Raises EngineError."""
    data = data[: record_check(data)]
    header = np.frombuffer(data, HEADER, 1)[0]
    count = int(header["layers"])
    table = np.frombuffer(data, ENTRY, count, HEADER.itemsize)
    offset = HEADER.itemsize + table.nbytes
    states = np.frombuffer(data, STATE, count, offset)
    model = Model(
        input=_ints(header["input"]),
        layers=[_layer_of(entry) for entry in table],
        input_exp=int(header["input_exp"]),
        rate=Rate(int(header["rate_mantissa"]), int(header["rate_shift"])),
    )
    cursor = _Cursor(data, offset + states.nbytes)
    layers = tuple(
        LayerData(_state_of(state), _planes_of(wired, bool(state["fraction_stored"]), cursor))
        for wired, state in zip(model.wired, states, strict=True)
    )
    plain = (int(header[name]) for name in ("step", "parent", "rng"))
    return Record(model, layers, *plain)


def _ints(values: Any) -> tuple[int, int, int]:
    h, w, c = (int(v) for v in values)
    return h, w, c


def _header(record: Record, table: bytes) -> Any:
    model = record.model
    header = np.zeros((), HEADER)
    header["magic"] = MAGIC
    header["version"] = VERSION
    header["layers"] = len(record.layers)
    header["input_exp"] = model.input_exp
    header["input"] = model.input
    header["classes"] = model.classes
    header["step"] = record.step
    header["parent"] = record.parent
    header["rng"] = record.rng
    header["rate_mantissa"] = model.rate.mantissa
    header["rate_shift"] = model.rate.shift
    shape = header["input"].tobytes() + header["classes"].tobytes()
    header["shape_hash"] = zlib.crc32(shape + table)
    return header


def _entry(wired: Wired) -> Any:
    layer = wired.layer
    entry = np.zeros((), ENTRY)
    entry["kind"] = KIND_NUMBERS[layer.kind]
    entry["out"] = wired.output
    if not isinstance(layer, MaxPool):
        entry["flags"] = RELU if layer.relu else 0
    if isinstance(layer, Dense | Conv2d):
        entry["flags"] |= BOUNDED if layer.bounded else 0
        entry["fraction_bits"] = layer.fraction_bits
    if not isinstance(layer, Dense):
        entry["kernel"], entry["stride"], entry["pad"] = layer.kernel, layer.stride, layer.padding
    return entry


def _layer_of(entry: Any) -> RecordLayer:
    kind, channels = int(entry["kind"]), int(entry["out"][2])
    relu, bounded = bool(entry["flags"] & RELU), bool(entry["flags"] & BOUNDED)
    options = (relu, int(entry["fraction_bits"]), bounded)
    kernel, stride, padding = (tuple(map(int, entry[n])) for n in ("kernel", "stride", "pad"))
    if kind == KIND_NUMBERS["dense"]:
        return Dense(channels, *options)
    if kind == KIND_NUMBERS["conv2d"]:
        return Conv2d(channels, pair(kernel), pair(stride), padding_of(padding), *options)
    if kind == KIND_NUMBERS["maxpool"]:
        return MaxPool(pair(kernel), pair(stride), padding_of(padding))
    return AvgPool(pair(kernel), pair(stride), relu)


def _state(data: LayerData) -> Any:
    state = np.zeros((), STATE)
    for name, scale in (("activation", data.state.activation), ("error", data.state.error)):
        state[name] = (scale.shift, scale.held, scale.count, 0)
    state["weight_exp"] = data.state.weight_exp
    state["weight_bits"] = data.state.weight_bits
    state["fraction_stored"] = data.planes is not None and data.planes.fraction is not None
    return state


def _state_of(state: Any) -> LayerState:
    activation, error = (Scale(*map(int, state[name][:3])) for name in ("activation", "error"))
    return LayerState(activation, error, int(state["weight_exp"]), int(state["weight_bits"]))


def _padded(array: npt.NDArray[Any]) -> bytes:
    data = array.tobytes()
    return data + bytes(-len(data) % 4)


def _planes(wired: Wired, data: LayerData) -> bytes:
    layer, planes = wired.layer, data.planes
    if not isinstance(layer, Dense | Conv2d):
        return b""
    shape = (wired.output[2], wired.fan_in)
    if planes is None or planes.weight.shape != shape or planes.bias.shape != shape[:1]:
        raise ModelError(f"layer {wired.index}: needs weights {list(shape)} and {shape[0]} biases")
    result = _padded(planes.bias.astype("<i4")) + _padded(planes.weight.astype(np.int8))
    if planes.fraction is not None and layer.fraction_bits:
        result += _padded(pack_fractions(planes.fraction, layer.fraction_bits))
    return result


class _Cursor:
    """Reads one array after another, each padded to a multiple of 4 bytes."""

    def __init__(self, data: bytes, offset: int) -> None:
        self._data, self._offset = data, offset

    def take(self, dtype: str, n: int) -> npt.NDArray[Any]:
        array = np.frombuffer(self._data, dtype, n, self._offset).copy()
        self._offset += array.nbytes + -array.nbytes % 4
        return array


def _planes_of(wired: Wired, stored: bool, cursor: _Cursor) -> Planes | None:
    layer = wired.layer
    if not isinstance(layer, Dense | Conv2d):
        return None
    shape, bits = (wired.output[2], wired.fan_in), layer.fraction_bits
    bias = cursor.take("<i4", shape[0])
    weight = cursor.take("i1", shape[0] * shape[1]).reshape(shape)
    if not stored:
        return Planes(weight, bias)
    if bits == 0:
        return Planes(weight, bias, np.zeros(shape, np.uint8))
    packed = cursor.take("u1", (weight.size * bits + 7) // 8)
    return Planes(weight, bias, unpack_fractions(packed, shape, bits))


def load(path: Path | str) -> bytes:
    """The bytes of a record file, checked. Raises OSError or EngineError."""
    data = Path(path).read_bytes()
    return data[: record_check(data)]


def crc(data: bytes) -> int:
    """The CRC-32 that ends a record, by which another names it as its parent."""
    return int.from_bytes(data[-4:], "little")
