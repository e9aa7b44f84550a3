# SPDX-License-Identifier: Apache-2.0
"""Counts of pools. A window is `live` where not all that it sees is 0: its maximum is looked for
through branches, which an all-zero window does not take.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tintin.cost.trace import BoolArray, LayerTrace
from tintin.cost.words import WORD
from tintin.layers import AvgPool, MaxPool, volume
from tintin.model import Wired

IntArray = npt.NDArray[np.int64]


def pool_windows(wired: Wired) -> tuple[tuple[IntArray, IntArray], BoolArray]:
    """Input rows and columns [oh, ow, kh, kw] of a max pool's taps, and which lie inside."""
    layer = wired.layer
    assert isinstance(layer, MaxPool)
    axes = []
    for i in range(2):
        origin = np.arange(wired.output[i]) * layer.stride[i] - layer.padding[i]
        axes.append(origin[:, None] + np.arange(layer.kernel[i])[None, :])
    rows, columns = np.broadcast_arrays(axes[0][:, None, :, None], axes[1][None, :, None, :])
    h, w, _ = wired.input
    valid = (rows >= 0) & (rows < h) & (columns >= 0) & (columns < w)
    return (rows.clip(0, h - 1), columns.clip(0, w - 1)), np.asarray(valid)


def pool_raised(wired: Wired, values: npt.NDArray[np.int8]) -> int:
    """How often a value is above all before it in its window, the first of each not counted."""
    at, valid = pool_windows(wired)
    seen = np.where(valid[..., None], values[at], -128)
    rows = seen.reshape(*seen.shape[:2], -1, seen.shape[-1])
    best = np.maximum.accumulate(rows, 2)
    return int((best[:, :, 1:] > best[:, :, :-1]).sum())


def pool_live(wired: Wired, mask: BoolArray) -> BoolArray:
    """Windows of a max pool [oh, ow, C] that see something."""
    at, valid = pool_windows(wired)
    return np.asarray((mask[at] & valid[..., None]).any((2, 3)))


def _square(wired: Wired) -> bool:
    """Windows of 2 x 2, none clipped: they have code of their own (max_pool.c)."""
    layer = wired.layer
    assert isinstance(layer, MaxPool)
    return layer.kernel == (2, 2) and not any(layer.padding)


def pool_forward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Maximum over each window."""
    layer = wired.layer
    assert isinstance(layer, MaxPool)
    out, channels = volume(wired.output), wired.output[2]
    positions = wired.output[0] * wired.output[1]
    square = _square(wired)
    live = int(pool_live(wired, met.input).sum())
    return {
        "calls": 1,
        "rows": wired.output[0] * (not square),
        "rows_2x2": wired.output[0] * square,
        "positions": positions * (not square),
        "positions_2x2": positions * square,
        "indexed": out * met.learns * (not square),
        "outputs_2x2": out * square,
        "words_2x2": positions * (channels // WORD) * square,
        "tails_2x2": positions * (channels % WORD) * square,
        "raised_2x2": met.raised * square,
        "live": live * (not square),
        "raised": met.raised * (not square),
        "outputs": out * (not square),
        "taps": out * layer.kernel[0] * layer.kernel[1] * (not square),
        "tap_rows": out * layer.kernel[0] * (not square),
    }


def pool_backward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Each error to where its maximum came from."""
    assert met.error is not None
    layer = wired.layer
    assert isinstance(layer, MaxPool)
    apart = _square(wired) and min(layer.stride) >= 2
    positions, errors = wired.output[0] * wired.output[1], float(met.error.sum())
    return {
        "calls": 1,
        "inputs": volume(wired.input),
        "rows": wired.output[0] * (not apart),
        "rows_2x2": wired.output[0] * apart,
        "positions": positions * (not apart),
        "positions_2x2": positions * apart,
        "outputs": volume(wired.output) * (not apart),
        "outputs_2x2": volume(wired.output) * apart,
        "errors": errors * (not apart),
        "errors_2x2": errors * apart,
    }


def mean_forward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Average over each window."""
    layer = wired.layer
    assert isinstance(layer, AvgPool)
    out = volume(wired.output)
    return {
        "calls": 1,
        "positions": wired.output[0] * wired.output[1],
        "outputs": out,
        "signed": out * (not layer.relu),
        "tap_rows": out * layer.kernel[0],
        "taps": out * layer.kernel[0] * layer.kernel[1],
    }


def mean_backward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Each error spread over its window."""
    layer = wired.layer
    assert isinstance(layer, AvgPool)
    out = volume(wired.output)
    spread = wired.output[0] * wired.output[1] * layer.kernel[0]
    return {
        "calls": 1,
        "inputs": volume(wired.input) * (not met.masked),
        "masked_inputs": volume(wired.input) * met.masked,
        "kept": float(met.input.sum()) * met.masked,
        "rows": wired.input[0],
        "row_pairs": wired.input[0] * wired.output[0],
        "spread_rows": spread,
        "spreads": spread * layer.kernel[1],
        "taps": out * layer.kernel[0] * layer.kernel[1],
    }
