# SPDX-License-Identifier: Apache-2.0
"""float_sgd.c for Python: the float32 yardstick, from the same record as the engine."""

from __future__ import annotations

import ctypes

import numpy as np
import numpy.typing as npt

from host_c import HERE, Shape, library, samples_of, shape_of
from tintin import record as records
from tintin.model import Wired
from tintin.planes import real_weights

BIAS_EXP = -20


class _Layer(ctypes.Structure):
    _fields_ = (("at", Shape), ("weight", ctypes.c_void_p), ("bias", ctypes.c_void_p))


class FloatNetwork:
    """Float32 weights that begin as those of a record, and plain SGD at batch 1."""

    def __init__(self, record: bytes) -> None:
        content = records.read(record)
        self._library = library("float_sgd", (HERE / "float_sgd.c",))
        self._exp = content.model.input_exp
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
        samples = samples_of(x, y, self._exp)
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
    result = _Layer(at=shape_of(wired))
    if weight is not None and bias is not None:
        result.weight, result.bias = weight.ctypes.data, bias.ctypes.data
    return result
