# SPDX-License-Identifier: Apache-2.0
"""Records by SPEC.md, read and written with struct alone."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field, fields

import numpy as np

from .fixed import Ints
from .scaling import Scale

DENSE, CONV2D, MAX_POOL, AVG_POOL = 1, 2, 3, 4
RELU, BOUNDED = 1, 2

HEADER = struct.Struct("<4sHBbII3HHIIIBb26x")
ENTRY = struct.Struct("<BBBxHH2B4B2x3H10x")
STATE = struct.Struct("<BBBxBBBxbBB5x")
Shape = tuple[int, int, int]


@dataclass
class Rate:
    """Learning rate = mantissa / 8 * 2^-shift."""

    mantissa: int = 8
    shift: int = 5


@dataclass(repr=False)
class Layer:
    """One layer: table entry, state and data. `in_shape` follows from the layers below."""

    kind: int
    in_shape: Shape
    out: Shape
    relu: bool = False
    fraction_bits: int = 0
    bounded: bool = False
    kernel: tuple[int, int] = (0, 0)
    stride: tuple[int, int] = (0, 0)
    pad: tuple[int, int, int, int] = (0, 0, 0, 0)  # top, left, bottom, right
    activation: Scale = field(default_factory=Scale)
    error: Scale = field(default_factory=Scale)
    weight_exp: int = 0
    weight_bits: int = 0
    fraction_stored: bool = False
    bias: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    weight: Ints = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    fraction: bytes = b""

    def __repr__(self) -> str:
        names = [f.name for f in fields(self) if f.name not in ("in_shape", "weight", "bias")]
        said = [f"{name}={v}" for name in names if (v := getattr(self, name))]
        return f"Layer({', '.join(said)})"

    @property
    def weighted(self) -> bool:
        return self.kind in (DENSE, CONV2D)

    @property
    def fan_in(self) -> int:
        h, w, c = self.in_shape
        return h * w * c if self.kind == DENSE else self.kernel[0] * self.kernel[1] * c

    @property
    def fraction_bytes(self) -> int:
        if not self.fraction_stored:
            return 0
        return -(-self.out[2] * self.fan_in * self.fraction_bits // 8)


@dataclass
class Record:
    input: Shape
    layers: list[Layer]
    input_exp: int = -7
    step: int = 0
    parent: int = 0
    rng: int = 1
    rate: Rate = field(default_factory=Rate)

    @property
    def classes(self) -> int:
        return self.layers[-1].out[2]


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _pack_entry(layer: Layer) -> bytes:
    flags = RELU * layer.relu | BOUNDED * layer.bounded
    geometry = (*layer.kernel, *layer.stride, *layer.pad, *layer.out)
    return ENTRY.pack(layer.kind, flags, layer.fraction_bits, *geometry)


def _pack_state(layer: Layer) -> bytes:
    a, e = layer.activation, layer.error
    scales = (a.shift, a.held, a.count, e.shift, e.held, e.count)
    return STATE.pack(*scales, layer.weight_exp, layer.weight_bits, layer.fraction_stored)


def _pack_data(layer: Layer) -> bytes:
    if not layer.weighted:
        return b""
    bias = layer.bias.astype("<i4").tobytes()
    weight = layer.weight.astype(np.int8).tobytes()
    return bias + _padded(weight) + _padded(layer.fraction)


def write(record: Record) -> bytes:
    table = b"".join(_pack_entry(layer) for layer in record.layers)
    state = b"".join(_pack_state(layer) for layer in record.layers)
    data = b"".join(_pack_data(layer) for layer in record.layers)
    shape = struct.pack("<4H", *record.input, record.classes)
    size = HEADER.size + len(table) + len(state) + len(data) + 4
    header = HEADER.pack(
        b"TTIN", 1, len(record.layers), record.input_exp, size, zlib.crc32(shape + table),
        *record.input, record.classes, record.step, record.parent, record.rng,
        record.rate.mantissa, record.rate.shift,
    )  # fmt: skip
    body = header + table + state + data
    return body + struct.pack("<I", zlib.crc32(body))


def _read_layer(entry: bytes, state: bytes, in_shape: Shape) -> Layer:
    kind, flags, fraction_bits, *geometry = ENTRY.unpack(entry)
    a_s, a_h, a_c, e_s, e_h, e_c, weight_exp, weight_bits, stored = STATE.unpack(state)
    return Layer(
        kind, in_shape, tuple(geometry[8:11]), bool(flags & RELU), fraction_bits,
        bool(flags & BOUNDED),
        tuple(geometry[0:2]), tuple(geometry[2:4]), tuple(geometry[4:8]),
        Scale(a_s, a_h, a_c), Scale(e_s, e_h, e_c), weight_exp, weight_bits, bool(stored),
    )  # fmt: skip


def _read_data(layer: Layer, data: bytes, at: int) -> int:
    """Fill in what lies at offset `at`; the offset behind it."""
    outputs, fan_in = layer.out[2], layer.fan_in
    layer.bias = np.frombuffer(data, "<i4", outputs, at).astype(np.int64)
    at += 4 * outputs
    flat = np.frombuffer(data, np.int8, outputs * fan_in, at).astype(np.int64)
    layer.weight = flat.reshape(outputs, fan_in)
    at += outputs * fan_in + -(outputs * fan_in) % 4
    layer.fraction = data[at : at + layer.fraction_bytes]
    return at + layer.fraction_bytes + -layer.fraction_bytes % 4


def read(data: bytes) -> Record:
    """Parse a record that is known to be good: damaged ones are other tests' business."""
    fields = HEADER.unpack_from(data)
    magic, version, count, input_exp, size, _ = fields[:6]
    assert (magic, version, size) == (b"TTIN", 1, len(data))
    assert zlib.crc32(data[:-4]) == struct.unpack("<I", data[-4:])[0]
    step, parent, rng, mantissa, shift = fields[10:]
    record = Record(fields[6:9], [], input_exp, step, parent, rng, Rate(mantissa, shift))
    states = HEADER.size + ENTRY.size * count
    at, shape = states + STATE.size * count, record.input
    for i in range(count):
        entry = data[HEADER.size + ENTRY.size * i :][: ENTRY.size]
        layer = _read_layer(entry, data[states + STATE.size * i :][: STATE.size], shape)
        if layer.weighted:
            at = _read_data(layer, data, at)
        record.layers.append(layer)
        shape = layer.out
    assert at + 4 == size
    return record
