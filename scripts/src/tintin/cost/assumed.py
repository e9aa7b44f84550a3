# SPDX-License-Identifier: Apache-2.0
"""Traces for a network without samples: where zeros are, as measured half-way through learning.

What is assumed, of IMAGES from digits (64-32-10) and MNIST (LeNet-5) after 1,347 to 13,000 samples,
of the FEATURES of front ends from the applications' networks after up to 2,000, at new samples:

- half of an image is 0, of features hardly any; half of a dense ReLU's outputs; behind a
  convolution's ReLU half of the 2 x 2 neighbourhoods are all 0 and three values in ten of the
  others;
- 6 in 10 classes have an error, with features 17 in 20; where the activation below is not 0, 19
  errors in 20 are not;
- max pools hand each error to one of the values that are not 0: the rest follows from the shapes;
- of the weights that meet an error and an input, the share `moved` moves, CARRIED in its int8.

A digit's error is about as often 0 as this; data sets differ, so `--data` is the better answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tintin.cost.counts_pool import pool_live, pool_raised, pool_windows
from tintin.cost.passes import masked
from tintin.cost.trace import LOOK_EVERY, BoolArray, LayerTrace, Step
from tintin.layers import AvgPool, Conv2d, Dense, MaxPool, Shape
from tintin.model import Model, Wired

STEPS = 8  # that are made up and averaged
DENSE_RELU = 0.5
NEIGHBOURHOOD, WITHIN = 0.5, 0.7
ERROR = 0.95
CARRIED = 0.05
LARGE = 0.1  # of words of weights, that hold one of the largest


@dataclass(frozen=True)
class Shares:
    """Of inputs, of classes' errors, and of weights that move (by fraction bits), not 0."""

    filled: float
    class_error: float
    moved: Mapping[int, float]


IMAGES = Shares(0.5, 0.6, {8: 0.55, 4: 0.25, 0: 0.05})
FEATURES = Shares(0.99, 0.85, {8: 0.82, 4: 0.42, 0: 0.07})


def assume(
    model: Model, learning: Sequence[bool], seed: int = 1, shares: Shares = IMAGES
) -> list[Step]:
    """Steps of a network that learns, at batch 1; the same for a seed on every computer."""
    rs = np.random.RandomState(seed)
    return [_step(rs, model, learning, shares) for _ in range(STEPS)]


def _step(
    rs: np.random.RandomState, model: Model, learning: Sequence[bool], shares: Shares
) -> Step:
    inputs = [rs.uniform(size=model.input) < shares.filled]
    for wired in model.wired[:-1]:
        inputs.append(_output(rs, wired, inputs[-1]))
    errors = _errors(rs, model, inputs, shares.class_error)
    return tuple(
        _trace(wired, mask, error, shares.moved if learning[wired.index] else None)
        for wired, mask, error in zip(model.wired, inputs, errors, strict=True)
    )


def _trace(
    wired: Wired, mask: BoolArray, error: BoolArray, shares: Mapping[int, float] | None
) -> LayerTrace:
    if isinstance(wired.layer, MaxPool):
        return LayerTrace(mask, error, raised=pool_raised(wired, _values(mask)))
    if shares is None or not isinstance(wired.layer, Dense | Conv2d):
        return LayerTrace(mask, error)
    moved = shares[wired.layer.fraction_bits]
    return LayerTrace(mask, error, moved, min(moved, CARRIED), looked=1 / LOOK_EVERY, large=LARGE)


def _values(mask: BoolArray) -> npt.NDArray[np.int8]:
    """Some activations."""
    drawn = np.random.RandomState(mask.size).randint(1, 128, mask.shape)
    return (drawn * mask).astype(np.int8)


def _output(rs: np.random.RandomState, wired: Wired, mask: BoolArray) -> BoolArray:
    """Where a layer's output is not 0."""
    layer = wired.layer
    if isinstance(layer, MaxPool):
        return pool_live(wired, mask)
    if not layer.relu:
        return np.ones(wired.output, bool)
    if isinstance(layer, Conv2d | AvgPool) and wired.output[0] * wired.output[1] > 1:
        return _patchy(rs, wired.output)
    return rs.uniform(size=wired.output) < DENSE_RELU


def _patchy(rs: np.random.RandomState, shape: Shape) -> BoolArray:
    """A feature map: zeros come in patches."""
    h, w, c = shape
    patches = rs.uniform(size=((h + 1) // 2, (w + 1) // 2, c)) < NEIGHBOURHOOD
    whole = patches.repeat(2, 0).repeat(2, 1)[:h, :w]
    return np.asarray(whole & (rs.uniform(size=shape) < WITHIN))


def _errors(
    rs: np.random.RandomState, model: Model, inputs: Sequence[BoolArray], share: float
) -> list[BoolArray]:
    """The errors at the layers' outputs, from the last down."""
    error = rs.uniform(size=model.wired[-1].output) < share
    errors = [error]
    for wired in reversed(model.wired[1:]):
        mask = inputs[wired.index]
        if isinstance(wired.layer, MaxPool):
            error = _routed(rs, wired, error, mask)
        else:
            kept = mask if masked(model, wired.index) else np.ones_like(mask)
            error = kept & (rs.uniform(size=mask.shape) < ERROR)
        errors.append(error)
    return errors[::-1]


def _routed(
    rs: np.random.RandomState, wired: Wired, error: BoolArray, mask: BoolArray
) -> BoolArray:
    """Each error at one place of its window, where the activation is not 0 if there is one."""
    (rows, columns), valid = pool_windows(wired)
    rank = rs.uniform(size=(*valid.shape, mask.shape[2])) + mask[rows, columns]
    rank[~valid] = -1
    kh, kw = valid.shape[2:]
    best = rank.reshape(*rank.shape[:2], kh * kw, -1).argmax(2)  # [oh, ow, C]
    y, x, c = np.nonzero(error)
    ky, kx = np.divmod(best[y, x, c], kw)
    result = np.zeros_like(mask)
    result[rows[y, x, ky, kx], columns[y, x, ky, kx], c] = True
    return result
