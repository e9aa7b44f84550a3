# SPDX-License-Identifier: Apache-2.0
"""From float weights to a record: exponents from the weights, shifts from sample inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil, log2

import numpy as np
import numpy.typing as npt

from tintin.errors import ConversionError
from tintin.float_reference import FloatArray, FloatWeights, outputs
from tintin.initial import WEIGHT_EXPS, initial_exp, start_state
from tintin.layers import AvgPool, Conv2d, Dense, MaxPool
from tintin.model import INPUT_EXPS, Model, Wired
from tintin.planes import LayerData, Scale, bitlen_of_largest, split_masters
from tintin.record import Record

BIAS_EXP = -20
BIAS_MAX = 1 << 28
POOL_EXP = -22
SHIFT_MAX = 30
ACC_BITS = 28
NOISE_SAMPLES = 64


@dataclass(frozen=True)
class FloatModel:
    """A model with float weights: None for the layers that have none."""

    model: Model
    weights: tuple[FloatWeights | None, ...]


def input_exp_of(samples: FloatArray) -> int:
    """The smallest exponent at which the largest sample is an int8, give or take half a unit."""
    largest = float(np.abs(samples).max(initial=0.0))
    if not np.isfinite(largest) or largest == 0.0:
        raise ConversionError("the sample inputs are all zero, or not finite")
    return ceil(log2(largest / 128))


def quantise_input(samples: npt.NDArray[np.floating], input_exp: int) -> npt.NDArray[np.int8]:
    """Real inputs as int8 * 2^input_exp, limited to +-127."""
    scaled = np.rint(np.ldexp(samples.astype(np.float64), -input_exp))
    return np.clip(scaled, -127, 127).astype(np.int8)


def noise(model: Model) -> FloatArray:
    """Stand-ins for sample inputs: uniform over all that the input can express."""
    words = np.random.RandomState(0).randint(-127, 128, (NOISE_SAMPLES, model.input_length))
    return np.ldexp(words.astype(np.float64), model.input_exp)


def to_record(source: FloatModel, samples: FloatArray | None = None) -> Record:
    """Integer weights and scales for a float model.

    `samples` [N, ...], real inputs in [h][w][c] order, set the activation shifts, so that the
    record predicts as the float model does; without them noise does, less well.
    """
    model = source.model
    real = noise(model) if samples is None else samples.astype(np.float64)
    if real.size == 0 or real[0].size != model.input_length:
        raise ConversionError(
            f"sample inputs {list(real.shape)}: need [N, ...] of {model.input_length} values each"
        )
    peaks = [float(np.abs(x).max()) for x in outputs(model, source.weights, real)]
    layers = [_quantise(*pair) for pair in zip(model.wired, source.weights, strict=True)]
    return Record(model, tuple(_with_shifts(model, layers, peaks)))


def _quantise(wired: Wired, weights: FloatWeights | None) -> LayerData:
    """Weights at the smallest exponent that holds the largest of them."""
    layer, state = wired.layer, start_state(wired)
    if not isinstance(layer, Dense | Conv2d):
        return LayerData(state)
    shape = (wired.output[2], wired.fan_in)
    if weights is None or weights.weight.shape != shape or weights.bias.shape != shape[:1]:
        raise ConversionError(f"layer {wired.index}: needs weights {list(shape)} and a bias each")
    if not (np.isfinite(weights.weight).all() and np.isfinite(weights.bias).all()):
        raise ConversionError(f"layer {wired.index}: weights that are not finite")
    exp = _weight_exp(wired, weights.weight)
    masters = np.rint(np.ldexp(weights.weight, layer.fraction_bits - exp)).astype(np.int64)
    bias = np.rint(np.ldexp(weights.bias, -BIAS_EXP))
    if np.abs(bias).max() > BIAS_MAX:
        raise ConversionError(f"layer {wired.index}: a bias beyond +-256")
    planes = split_masters(masters, bias.astype(np.int32), layer.fraction_bits)
    state = replace(state, weight_exp=exp, weight_bits=bitlen_of_largest(masters))
    return LayerData(state, planes)


def _weight_exp(wired: Wired, weight: FloatArray) -> int:
    largest = float(np.abs(weight).max())
    if largest == 0.0:
        return initial_exp(6, wired.fan_in)
    for exp in WEIGHT_EXPS:
        if largest <= 127 * 2.0**exp:
            return exp
    raise ConversionError(f"layer {wired.index}: a weight beyond +-{127 * 2 ** WEIGHT_EXPS[-1]}")


def _acc_shift(wired: Wired, data: LayerData) -> int:
    """Exponent of a layer's accumulators, relative to its input's."""
    return POOL_EXP if isinstance(wired.layer, AvgPool) else data.state.weight_exp


def _lowest_exps(model: Model, layers: list[LayerData], peaks: list[float]) -> list[int]:
    """The lowest exponent of each layer's input at which outputs and bias fit its accumulators."""
    lowest, below = [], INPUT_EXPS[0]
    for wired, data, peak in reversed(list(zip(model.wired, layers, peaks, strict=True))):
        if not isinstance(wired.layer, MaxPool):
            room = below - SHIFT_MAX
            if data.planes is not None:  # the sums of an average pool always fit
                bias = float(np.abs(data.planes.bias).max()) * 2.0**BIAS_EXP
                largest = max(peak, bias, 2.0 ** INPUT_EXPS[0])
                room = max(ceil(log2(largest)) - ACC_BITS, room)
            below = room - _acc_shift(wired, data)
        lowest.append(below)
    return lowest[::-1]


def _with_shifts(model: Model, layers: list[LayerData], peaks: list[float]) -> Iterator[LayerData]:
    """Activation shifts that hold each layer's largest output."""
    lowest = [*_lowest_exps(model, layers, peaks), INPUT_EXPS[0]]
    exp = model.input_exp
    if exp < lowest[0]:
        raise ConversionError(f"input exponent {exp}: the network's sums need {lowest[0]} at least")
    for wired, data, peak in zip(model.wired, layers, peaks, strict=True):
        if isinstance(wired.layer, MaxPool) or wired.last:
            yield data
            continue
        acc_exp = exp + _acc_shift(wired, data)
        need = int(np.ldexp(peak, -acc_exp)).bit_length() - 7
        scale = Scale(max(need, lowest[wired.index + 1] - acc_exp, 0))
        exp = acc_exp + scale.shift
        yield replace(data, state=replace(data.state, activation=scale))
