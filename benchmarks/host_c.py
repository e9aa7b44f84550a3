# SPDX-License-Identifier: Apache-2.0
"""Programs in C for this computer: compiling them, and the structures of shape.h."""

from __future__ import annotations

import ctypes
import subprocess
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tintin.layers import AvgPool, Dense, MaxPool
from tintin.model import Wired

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "benchmarks"
CONV, MAX_POOL = 2, 3
COMMAND = ("cc", "-O3", "-march=native", "-std=c11", "-Wall", "-Wextra", "-shared", "-fPIC")


class Shape(ctypes.Structure):
    """struct shape."""

    _fields_ = (
        ("kind", ctypes.c_int32),
        ("relu", ctypes.c_int32),
        ("input", ctypes.c_int32 * 3),
        ("out", ctypes.c_int32 * 3),
        ("kernel", ctypes.c_int32 * 2),
        ("stride", ctypes.c_int32 * 2),
        ("pad", ctypes.c_int32 * 2),
    )


class Samples(ctypes.Structure):
    """struct samples."""

    _fields_ = (
        ("x", ctypes.c_void_p),
        ("label", ctypes.c_void_p),
        ("count", ctypes.c_uint64),
        ("length", ctypes.c_uint64),
        ("exp", ctypes.c_int32),
    )


@cache
def library(name: str, sources: tuple[Path, ...], options: tuple[str, ...] = ()) -> ctypes.CDLL:
    """Compile C files for this computer and load them, once a process."""
    BUILD.mkdir(parents=True, exist_ok=True)
    out = BUILD / f"{name}.so"
    command = [*COMMAND, f"-I{HERE}", *options, "-o", str(out), *map(str, sources), "-lm"]
    subprocess.run(command, check=True)
    return ctypes.CDLL(str(out))


def shape_of(wired: Wired) -> Shape:
    """A layer's shape; NotImplementedError for an average pool."""
    layer = wired.layer
    if isinstance(layer, AvgPool):
        raise NotImplementedError("the C programs of the benchmarks have no average pool")
    dense = isinstance(layer, Dense)
    return Shape(
        kind=MAX_POOL if isinstance(layer, MaxPool) else CONV,
        relu=getattr(layer, "relu", False),
        input=wired.input,
        out=wired.output,
        kernel=wired.input[:2] if dense else layer.kernel,
        stride=(1, 1) if dense else layer.stride,
        pad=(0, 0) if dense else layer.padding[:2],
    )


def samples_of(x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16] | None, exp: int) -> Samples:
    """Samples [N, length] in memory order, which the caller keeps while they are in use."""
    return Samples(x.ctypes.data, None if y is None else y.ctypes.data, len(x), x.shape[1], exp)
