# SPDX-License-Identifier: Apache-2.0
"""float_c/: float32 SGD as one would write it for a microcontroller, in the bare runner."""

from __future__ import annotations

import struct
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from float_sgd import FloatNetwork
from tintin import record as records
from tintin.layers import Dense, MaxPool
from tintin.model import Wired

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "benchmarks"
FPU = {"m4": "m4f"}  # what the engine leaves idle and float uses
_HEAD = struct.Struct("<4sif")
_LAYER = struct.Struct("<14i")
_DENSE, _CONV, _POOL = 1, 2, 3

FloatArray = npt.NDArray[np.float32]


def build(bare: ModuleType, target: str, *, skip_zeros: bool = False) -> Any:
    """A bare.Image of the float network; where the core has an FPU, with it."""
    name = FPU.get(target, target)
    out = BUILD / f"float-{name}-{skip_zeros:d}"
    bare.make(
        HERE / "float_c",
        f"TARGET={name}",
        f"SKIP_ZEROS={skip_zeros:d}",
        f"BUILD={out}",
        "STRICT=0",
    )
    return bare.Image(target, out / "runner", out / "runner")


def record(network: bytes) -> bytes:
    """The network of an engine's record for the float program: same layers, same weights."""
    model = records.read(network).model
    start = FloatNetwork(network)
    head = _HEAD.pack(b"FLT1", len(model.wired), 2.0**model.input_exp)
    return (
        head
        + b"".join(map(_layer, model.wired))
        + b"".join(w.tobytes() + b.tobytes() for w, b in _weighted(start))
    )


def weights(saved: bytes, network: bytes) -> list[tuple[FloatArray, FloatArray]]:
    """What the program saved, as weights and bias of each layer that has some."""
    values = np.frombuffer(saved, np.float32)
    found = []
    for w, b in _weighted(FloatNetwork(network)):
        parts = np.split(values, [w.size, w.size + b.size])
        found.append((parts[0].reshape(w.shape), parts[1]))
        values = parts[2]
    if len(values):
        raise ValueError(f"{len(values)} values more than the network has")
    return found


def _weighted(network: FloatNetwork) -> list[tuple[FloatArray, FloatArray]]:
    pairs = zip(network.weights, network.biases, strict=True)
    return [(w, b) for w, b in pairs if w is not None and b is not None]


def _layer(wired: Wired) -> bytes:
    layer: Any = wired.layer
    relu = int(getattr(layer, "relu", False))
    if isinstance(layer, Dense):
        return _LAYER.pack(_DENSE, relu, *wired.input, *wired.output, *wired.input[:2], 1, 1, 0, 0)
    if isinstance(layer, MaxPool) and any(layer.padding):
        raise NotImplementedError("the float program's max pool has no padding")
    kind = _POOL if isinstance(layer, MaxPool) else _CONV
    sizes = (*layer.kernel, *layer.stride, *layer.padding[:2])
    return _LAYER.pack(kind, relu, *wired.input, *wired.output, *sizes)
