# SPDX-License-Identifier: Apache-2.0
"""A layer's state and weights as integers: the planes and scales of DESIGN.md."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int8Array = npt.NDArray[np.int8]
Uint8Array = npt.NDArray[np.uint8]
Int32Array = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Scale:
    """Delayed scaling of one tensor: shift S, held H, count c."""

    shift: int = 0
    held: int = 0
    count: int = 0


@dataclass(frozen=True)
class LayerState:
    """What training moves beside the weights. `error` is of the layer's input error."""

    activation: Scale = Scale()
    error: Scale = Scale()
    weight_exp: int = 0
    weight_bits: int = 0


@dataclass(frozen=True)
class Planes:
    """Weights int8 [O, K], fractions uint8 [O, K] (None: not stored) and biases int32 [O].

    The stored master is weight * 2^F + fraction, the real weight
    (stored - half) * 2^(weight_exp - F), the real bias bias * 2^-20.
    """

    weight: Int8Array
    bias: Int32Array
    fraction: Uint8Array | None = None


@dataclass(frozen=True)
class LayerData:
    """One layer of a record: its state, and its weights where it has any."""

    state: LayerState
    planes: Planes | None = None


def half(fraction_bits: int) -> int:
    """What is added to a master so that its high part is the rounded weight."""
    return (1 << fraction_bits) >> 1


def split_masters(masters: npt.NDArray[np.int64], bias: Int32Array, fraction_bits: int) -> Planes:
    """Masters m [O, K] in units of 2^(weight_exp - F), as planes. |m| must keep within int8."""
    stored = masters + half(fraction_bits)
    weight = (stored >> fraction_bits).astype(np.int8)
    fraction = (stored & ((1 << fraction_bits) - 1)).astype(np.uint8) if fraction_bits else None
    return Planes(weight, bias, fraction)


def masters_of(planes: Planes, fraction_bits: int) -> npt.NDArray[np.int64]:
    """Masters m [O, K]; where no fractions are stored, m = weight * 2^F."""
    high = planes.weight.astype(np.int64) << fraction_bits
    return high if planes.fraction is None else high + planes.fraction - half(fraction_bits)


def bitlen_of_largest(masters: npt.NDArray[np.int64]) -> int:
    """B_w of DESIGN.md: bits of the largest master."""
    return int(np.abs(masters).max(initial=0)).bit_length()


def real_weights(planes: Planes, state: LayerState, fraction_bits: int) -> npt.NDArray[np.float64]:
    """The real weights [O, K] that the masters stand for."""
    masters = masters_of(planes, fraction_bits).astype(np.float64)
    return np.ldexp(masters, state.weight_exp - fraction_bits)


def pack_fractions(fraction: Uint8Array, fraction_bits: int) -> Uint8Array:
    """Fractions as they lie in a record: of two 4-bit ones, the first has the low nibble."""
    flat = fraction.reshape(-1)
    if fraction_bits == 8:
        return flat.copy()
    even = np.append(flat, np.zeros(flat.size % 2, np.uint8)).reshape(-1, 2)
    return (even[:, 0] | even[:, 1] << 4).astype(np.uint8)


def unpack_fractions(packed: Uint8Array, shape: tuple[int, ...], fraction_bits: int) -> Uint8Array:
    """The inverse of pack_fractions(): one fraction an element."""
    if fraction_bits == 8:
        return packed.reshape(shape).copy()
    flat = np.stack([packed & 15, packed >> 4], axis=1).reshape(-1)
    return flat[: int(np.prod(shape))].reshape(shape)
