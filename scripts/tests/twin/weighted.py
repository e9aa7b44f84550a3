# SPDX-License-Identifier: Apache-2.0
"""What dense and convolution share: a matrix [O][K] applied to rows of K input values."""

from __future__ import annotations

from abc import ABC, abstractmethod

from .fixed import Ints, Tensor, exponent, int32, limit, round_nearest
from .master import Master
from .record import Layer
from .scaling import ERROR_TOLERANCE, Scale
from .update import Gradient

BIAS_EXP = -20
ALIGNED_BIAS_LIMIT = 2**29


class Weighted(ABC):
    """A layer of MACs. `master` is None where it does not learn."""

    by_row: bool

    def __init__(self, layer: Layer, trained: bool) -> None:
        self.layer = layer
        self.relu = layer.relu
        self.master = Master(layer) if trained else None
        self.activation = Scale(**vars(layer.activation))
        self.error = Scale(**vars(layer.error))

    @abstractmethod
    def patches(self, a: Ints) -> Ints:
        """[positions][K] of a flat input."""

    @abstractmethod
    def unpatch(self, patches: Ints) -> Ints:
        """The transpose: flat sums over all patches that hold an input."""

    @property
    def weight(self) -> Ints:
        return self.layer.weight if self.master is None else self.master.weight

    @property
    def weight_exp(self) -> int:
        return self.layer.weight_exp if self.master is None else self.master.exp

    @property
    def bias(self) -> Ints:
        return self.layer.bias if self.master is None else self.master.bias

    def forward(self, a: Tensor) -> Tensor:
        """Accumulators [positions][O], flat, before ReLU."""
        exp = exponent(a.exp, self.weight_exp)
        bias = limit(round_nearest(self.bias, exp - BIAS_EXP), ALIGNED_BIAS_LIMIT)
        return Tensor(int32(self.patches(a.data) @ self.weight.T + bias).reshape(-1), exp)

    def backward(self, e: Tensor, mask: Ints | bool) -> Tensor:
        """Error of the input, 0 where not `mask`; moves its scale."""
        errors = e.data.reshape(-1, self.layer.out[2])
        dx = int32(self.unpatch(errors @ self.weight)) * mask
        shift = self.error.shift
        e8 = self.error.quantise(dx)
        self.error.observe(dx, ERROR_TOLERANCE)
        return Tensor(e8, exponent(e.exp, self.weight_exp, shift))

    def gradient(self, a: Tensor, e: Tensor) -> Gradient:
        errors = e.data.reshape(-1, self.layer.out[2])
        return Gradient.of(errors, self.patches(a.data), (e.exp, a.exp), self.by_row)
