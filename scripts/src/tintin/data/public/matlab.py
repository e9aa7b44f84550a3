# SPDX-License-Identifier: Apache-2.0
"""Real matrices of doubles out of a MATLAB 5 file: what CWRU's recordings are made of."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tintin.errors import DataError

HEAD = 128
MATRIX, COMPRESSED, DOUBLE = 14, 15, 9
DOUBLE_CLASS = 6


def matrices(data: bytes, name: str) -> dict[str, npt.NDArray[np.float64]]:
    """Variables of double precision by their names, flat. Raises DataError."""
    if len(data) < HEAD or data[126:128] != b"IM":
        raise DataError(f"{name}: not a little-endian MATLAB 5 file")
    try:
        found = (_matrix(body) for kind, body in _elements(data[HEAD:]) if kind == MATRIX)
        return {key: values for key, values in found if values is not None}
    except (struct.error, ValueError, zlib.error, StopIteration):
        raise DataError(f"{name}: damaged") from None


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<II", data, at)
        if kind >> 16:  # a small element: size and type share a word
            kind, size = kind & 0xFFFF, kind >> 16
            yield kind, data[at + 4 : at + 4 + size]
            at += 8
            continue
        body = data[at + 8 : at + 8 + size]
        if len(body) < size:
            raise ValueError("cut short")
        at += 8 + size if kind == COMPRESSED else 8 + size + -size % 8
        yield from _elements(zlib.decompress(body)) if kind == COMPRESSED else [(kind, body)]


def _matrix(body: bytes) -> tuple[str, npt.NDArray[np.float64] | None]:
    parts = _elements(body)
    flags, _, name = next(parts)[1], next(parts), next(parts)[1]
    kind, values = next(parts)
    plain = flags[0] == DOUBLE_CLASS and kind == DOUBLE
    return name.decode("ascii", "replace"), np.frombuffer(values, "<f8") if plain else None
