# SPDX-License-Identifier: Apache-2.0
"""A data set by its values: whatever archive it came in, and however NumPy packs it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]


def digest(arrays: Mapping[str, npt.NDArray[Any]]) -> str:
    """SHA-256 over name, type, shape and little-endian bytes of every array, by name."""
    sha = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        sha.update(f"{name} {plain.dtype.str} {list(array.shape)}\n".encode())
        sha.update(plain.tobytes())
    return sha.hexdigest()
