# SPDX-License-Identifier: Apache-2.0
"""State and random weights to begin training with: DESIGN.md, "Initial weights".

In integers from end to end, so that a seed gives the same bytes on every computer.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt

import numpy as np
import numpy.typing as npt

from tintin.errors import ModelError
from tintin.layers import AvgPool, Conv2d, Dense
from tintin.model import Model, Wired
from tintin.planes import LayerData, LayerState, Scale, bitlen_of_largest, split_masters

WEIGHT_EXPS = range(-20, 11)


def xorshift32(state: int) -> Iterator[int]:
    """Marsaglia's generator: its states after `state`, which is not 0."""
    while True:
        state ^= state << 13 & 0xFFFFFFFF
        state ^= state >> 17
        state ^= state << 5 & 0xFFFFFFFF
        yield state


def start_state(wired: Wired) -> LayerState:
    """Shifts that suit random weights; weight_exp and weight_bits are 0."""
    layer = wired.layer
    if isinstance(layer, AvgPool):
        n = layer.kernel[0] * layer.kernel[1]
        reciprocal = (2**22 + n // 2) // n
        return LayerState(Scale(22), Scale(reciprocal.bit_length()))
    if not isinstance(layer, Dense | Conv2d):
        return LayerState()
    activation = Scale() if wired.last else Scale(6 + wired.fan_in.bit_length() // 2)
    return LayerState(activation, Scale(6 + wired.output[2].bit_length() // 2))


def initial_exp(gain: int, fan_in: int, room: int = 2) -> int:
    """E_w = ceil(log2(room * a / 127)) for a = sqrt(gain / fan_in), by exact comparison."""
    for exp in WEIGHT_EXPS:
        # room * a <= 127 * 2^exp, squared and scaled by 4^20
        if room**2 * gain * 4**20 <= fan_in * 127**2 * 4 ** (exp + 20):
            return exp
    raise ModelError(f"fan-in {fan_in}: no initial weights")


def random_layer(wired: Wired, words: Iterator[int]) -> LayerData:
    """Uniform in +-sqrt(6 / K), the last layer +-sqrt(3 / K): one word a weight, biases 0.

    Centred rows do not hear the mean of their input, which max pools make far larger than what
    differs between samples; uncentred, such layers may begin with all outputs below 0, and stay
    there (Huang et al., "Centered Weight Normalization", ICCV 2017).
    """
    layer = wired.layer
    assert isinstance(layer, Dense | Conv2d)
    gain = 3 if wired.last else 6
    bits, fan_in, outputs = layer.fraction_bits, wired.fan_in, wired.output[2]
    exp = initial_exp(gain, fan_in, room=1 if layer.bounded else 2)
    # round(a * 2^(F - E_w)) = floor((sqrt(4 * a^2 * 4^(F - E_w)) + 1) / 2)
    largest = (isqrt(4 * gain * 4 ** (bits - exp) // fan_in) + 1) // 2
    masters = _uniform(words, outputs * fan_in, largest).reshape(outputs, fan_in)
    if layer.centred:
        mean = (2 * masters.sum(axis=1, keepdims=True) + fan_in) // (2 * fan_in)
        masters = np.clip(masters - mean, -(127 << bits), 127 << bits)
    planes = split_masters(masters, np.zeros(outputs, np.int32), bits)
    start = start_state(wired)
    bits_used = bitlen_of_largest(masters)
    return LayerData(LayerState(start.activation, start.error, exp, bits_used), planes)


def _uniform(words: Iterator[int], n: int, largest: int) -> npt.NDArray[np.int64]:
    """Integers within +-largest from the high 16 bits of a word each, symmetric about 0."""
    high = np.fromiter((next(words) >> 16 for _ in range(n)), np.int64, n)
    return (largest * (2 * high - 65535) + (1 << 15)) >> 16


def random_layers(model: Model, seed: int) -> tuple[list[LayerData], int]:
    """Weights and state of every layer, and the state of the generator after them."""
    if not 1 <= seed < 2**32:
        raise ModelError(f"seed {seed}: must be 1..{2**32 - 1}")
    words = xorshift32(seed)
    layers = [
        random_layer(wired, words)
        if isinstance(wired.layer, Dense | Conv2d)
        else LayerData(start_state(wired))
        for wired in model.wired
    ]
    return layers, next(words)
