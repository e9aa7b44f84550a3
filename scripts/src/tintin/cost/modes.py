# SPDX-License-Identifier: Apache-2.0
"""Memory modes: one network with 8, 4 or 0 fraction bits below the int8 of its weights."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tintin import record as records
from tintin.engine import Network, Train
from tintin.model import Conv2d, Dense, RecordLayer
from tintin.planes import LayerData, Planes, bitlen_of_largest, half, masters_of
from tintin.record import Record

MODES = (8, 4, 0)


@dataclass(frozen=True)
class Mode:
    """A memory mode of a network: bytes a weight, of the arena, of the record that it saves.

    `current`: every layer that learns has these fraction bits already.
    """

    fraction_bits: int
    bytes_a_weight: float
    arena: int
    record: int
    current: bool


def with_fraction_bits(record: Record, bits: int) -> Record:
    """The same int8 weights with another fraction plane: what it predicts stays the same.

    Of a wider fraction the high bits remain; a narrower one becomes the same master in finer units.
    """
    pairs = [
        _converted(wired.layer, data, bits)
        for wired, data in zip(record.model.wired, record.layers, strict=True)
    ]
    model = replace(record.model, layers=[layer for layer, _ in pairs])
    return replace(record, model=model, layers=tuple(data for _, data in pairs))


def modes(data: bytes, train: Train, batch_log2: int) -> list[Mode]:
    """What the modes of a record cost, the most exact first."""
    record = records.read(data)
    opened = Network(data, train=train, batch_log2=batch_log2)
    used = {layer.fraction_bits for layer in opened.layers if layer.trained}
    return [_mode(record, bits, train, batch_log2, {bits} == used) for bits in MODES]


def _mode(record: Record, bits: int, train: Train, batch_log2: int, current: bool) -> Mode:
    data = records.pack(with_fraction_bits(record, bits))
    network = Network(data, train=train, batch_log2=batch_log2)
    return Mode(bits, 1 + bits / 8, network.arena_size, len(network.save()), current)


def _converted(layer: RecordLayer, data: LayerData, bits: int) -> tuple[RecordLayer, LayerData]:
    if not isinstance(layer, Dense | Conv2d) or data.planes is None:
        return layer, data
    planes = _planes(data.planes, layer.fraction_bits, bits)
    largest = bitlen_of_largest(masters_of(planes, bits))
    stored = planes.fraction is not None
    state = replace(data.state, weight_bits=largest if stored else 0)
    return replace(layer, fraction_bits=bits), LayerData(state, planes)


def _planes(planes: Planes, old: int, new: int) -> Planes:
    if planes.fraction is None:
        return planes
    if old == 0:
        return replace(planes, fraction=np.full_like(planes.fraction, half(new)))
    stored = planes.fraction.astype(np.int32)
    moved = stored << new - old if new > old else stored >> old - new
    return replace(planes, fraction=moved.astype(np.uint8))
