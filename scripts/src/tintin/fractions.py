# SPDX-License-Identifier: Apache-2.0
"""The fraction planes of a record made wider or narrower: 8, 4 or 0 bits below the int8."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tintin.model import Conv2d, Dense, RecordLayer
from tintin.planes import LayerData, Planes, bitlen_of_largest, half, masters_of
from tintin.record import Record

MODES = (8, 4, 0)


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
