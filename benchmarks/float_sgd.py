# SPDX-License-Identifier: Apache-2.0
"""float_sgd.c for Python: the float32 yardstick, from the same record as the engine."""

from __future__ import annotations

import ctypes
import subprocess
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tintin import record as records
from tintin.layers import AvgPool, Dense
from tintin.model import Wired
from tintin.planes import real_weights

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / "build" / "benchmarks"
BIAS_EXP = -20
CONV, MAX_POOL = 2, 3


class _Layer(ctypes.Structure):
    _fields_ = (
        ("kind", ctypes.c_int32),
        ("relu", ctypes.c_int32),
        ("input", ctypes.c_int32 * 3),
        ("out", ctypes.c_int32 * 3),
        ("kernel", ctypes.c_int32 * 2),
        ("stride", ctypes.c_int32 * 2),
        ("pad", ctypes.c_int32 * 2),
        ("weight", ctypes.c_void_p),
        ("bias", ctypes.c_void_p),
    )


class _Samples(ctypes.Structure):
    _fields_ = (
        ("x", ctypes.c_void_p),
        ("label", ctypes.c_void_p),
        ("count", ctypes.c_uint64),
        ("length", ctypes.c_uint64),
        ("scale", ctypes.c_float),
    )


def library() -> ctypes.CDLL:
    """Compile float_sgd.c for this computer and load it."""
    BUILD.mkdir(parents=True, exist_ok=True)
    out = BUILD / "float_sgd.so"
    source = HERE / "float_sgd.c"
    command = ["cc", "-O3", "-march=native", "-std=c11", "-shared", "-fPIC"]
    subprocess.run([*command, "-o", str(out), str(source), "-lm"], check=True)
    return ctypes.CDLL(str(out))


class FloatNetwork:
    """Float32 weights that begin as those of a record, and plain SGD at batch 1."""

    def __init__(self, record: bytes) -> None:
        content = records.read(record)
        self._library = library()
        self._scale = 2.0**content.model.input_exp
        self.weights: list[npt.NDArray[np.float32] | None] = []
        self.biases: list[npt.NDArray[np.float32] | None] = []
        for wired, data in zip(content.model.wired, content.layers, strict=True):
            if data.planes is None:
                self.weights.append(None)
                self.biases.append(None)
                continue
            bits = wired.layer.fraction_bits  # type: ignore[union-attr]
            real = real_weights(data.planes, data.state, bits)
            self.weights.append(np.ascontiguousarray(real, np.float32))
            self.biases.append(np.ldexp(data.planes.bias, BIAS_EXP).astype(np.float32))
        pairs = zip(content.model.wired, self.weights, self.biases, strict=True)
        layers = [_layer(*parts) for parts in pairs]
        self._layers = (_Layer * len(layers))(*layers)

    def predict_many(self, x: npt.NDArray[np.int8]) -> npt.NDArray[np.uint16]:
        """The classes of samples [N, length]."""
        return self._run(x, None, 0.0)

    def learn_many(
        self, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16], rate: float
    ) -> npt.NDArray[np.uint16]:
        """Learn from samples in order; what was predicted before each."""
        return self._run(x, np.ascontiguousarray(y, np.uint16), rate)

    def _run(
        self, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16] | None, rate: float
    ) -> npt.NDArray[np.uint16]:
        x = np.ascontiguousarray(x, np.int8)
        out = np.zeros(len(x), np.uint16)
        labels = None if y is None else y.ctypes.data
        samples = _Samples(x.ctypes.data, labels, len(x), x.shape[1], self._scale)
        self._library.float_sgd_run(
            self._layers,
            len(self._layers),
            ctypes.byref(samples),
            ctypes.c_float(rate),
            out.ctypes.data_as(ctypes.c_void_p),
        )
        return out


def _layer(
    wired: Wired,
    weight: npt.NDArray[np.float32] | None,
    bias: npt.NDArray[np.float32] | None,
) -> _Layer:
    layer = wired.layer
    if isinstance(layer, AvgPool):
        raise NotImplementedError("the yardstick has no average pool")
    dense = isinstance(layer, Dense)
    result = _Layer(
        kind=MAX_POOL if weight is None else CONV,
        relu=getattr(layer, "relu", False),
        input=wired.input,
        out=wired.output,
        kernel=wired.input[:2] if dense else layer.kernel,
        stride=(1, 1) if dense else layer.stride,
        pad=(0, 0) if dense else layer.padding[:2],
    )
    if weight is not None and bias is not None:
        result.weight, result.bias = weight.ctypes.data, bias.ctypes.data
    return result
