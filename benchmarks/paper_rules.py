# SPDX-License-Identifier: Apache-2.0
"""rules/*.c for Python: networks that learn by NITI's rule or by the Tin-Tin paper's."""

from __future__ import annotations

import ctypes
import math

import numpy as np
import numpy.typing as npt

from host_c import HERE, Shape, library, samples_of, shape_of
from tintin import record as records
from tintin.planes import real_weights

ENGINE = HERE.parent / "modules" / "tintin"
SOURCES = (
    HERE / "rules" / "network.c",
    HERE / "rules" / "niti.c",
    HERE / "rules" / "compound.c",
    ENGINE / "src" / "loss.c",
)
INCLUDES = (f"-I{ENGINE / 'include'}", f"-I{ENGINE / 'src'}")
BITS = 7  # of the largest first weight


class Scale(ctypes.Structure):
    """struct scale: real = q * 2^s * (4/3)^u * (4/5)^d."""

    _fields_ = (("s", ctypes.c_int32), ("u", ctypes.c_int32), ("d", ctypes.c_int32))


class _Weights(ctypes.Structure):
    _fields_ = (("q", ctypes.c_void_p), ("n", ctypes.c_size_t), ("scale", Scale))


class _Layer(ctypes.Structure):
    _fields_ = (("at", Shape), ("w", _Weights))


class _Learning(ctypes.Structure):
    _fields_ = (("setting", ctypes.c_int32), ("random", ctypes.c_uint32))


class RuleNetwork:
    """int8 weights that begin as those of a record, without its biases, and a paper's rule.

    `setting` is NITI's mu, or L of the Tin-Tin paper's rate 2^-L.
    """

    def __init__(self, record: bytes, setting: int, *, compound: bool) -> None:
        content = records.read(record)
        self._library = library("paper_rules", SOURCES, INCLUDES)
        self._compound = int(compound)
        self._exp = content.model.input_exp
        self._learning = _Learning(setting, content.rng)
        self.weights: list[npt.NDArray[np.int8] | None] = []
        layers = []
        for wired, data in zip(content.model.wired, content.layers, strict=True):
            layer = _Layer(at=shape_of(wired))
            self.weights.append(None)
            if data.planes is not None:
                bits = wired.layer.fraction_bits  # type: ignore[union-attr]
                q, exp = seven_bits(real_weights(data.planes, data.state, bits))
                self.weights[-1] = q
                layer.w = _Weights(q.ctypes.data, q.size, Scale(exp, 0, 0))
            layers.append(layer)
        self._layers = (_Layer * len(layers))(*layers)
        self._library.rules_prepare(self._layers, len(layers), self._compound)

    @property
    def scales(self) -> list[tuple[int, int, int]]:
        """The exponents s, u, d of each layer's weights."""
        return [(layer.w.scale.s, layer.w.scale.u, layer.w.scale.d) for layer in self._layers]

    def predict_many(self, x: npt.NDArray[np.int8]) -> npt.NDArray[np.uint16]:
        """The classes of samples [N, length]."""
        return self._run(x, None)

    def learn_many(
        self, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16]
    ) -> npt.NDArray[np.uint16]:
        """Learn from samples in order; what was predicted before each."""
        return self._run(x, np.ascontiguousarray(y, np.uint16))

    def _run(
        self, x: npt.NDArray[np.int8], y: npt.NDArray[np.uint16] | None
    ) -> npt.NDArray[np.uint16]:
        x = np.ascontiguousarray(x, np.int8)
        out = np.zeros(len(x), np.uint16)
        self._library.rules_run(
            self._layers,
            len(self._layers),
            self._compound,
            ctypes.byref(samples_of(x, y, self._exp)),
            ctypes.byref(self._learning),
            out.ctypes.data_as(ctypes.c_void_p),
        )
        return out


def seven_bits(real: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.int8], int]:
    """Weights as int8 of 7 bits and their exponent: the largest becomes 64 to 127."""
    exp = math.frexp(float(np.abs(real).max()))[1] - BITS
    q = np.clip(np.rint(np.ldexp(real, -exp)), -127, 127).astype(np.int8)
    return np.ascontiguousarray(q), exp
