# SPDX-License-Identifier: Apache-2.0
"""Counts of a convolution: what its windows see, and where its errors are.

At an edge a window has fewer taps; `whole` windows lie inside the input.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tintin.cost.trace import BoolArray, LayerTrace
from tintin.cost.words import BLOCK, WORD, groups, nonzero_words, products
from tintin.layers import Conv2d, volume
from tintin.model import Wired

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Windows:
    """Taps inside the input of each window: `down` [oh], `across` [ow]; `whole` [oh, ow]."""

    down: IntArray
    across: IntArray
    whole: BoolArray


def _taps(out: int, stride: int, pad: int, kernel: int, extent: int) -> IntArray:
    origin = np.arange(out, dtype=np.int64) * stride - pad
    return np.minimum(origin + kernel, extent) - np.maximum(origin, 0)


def _conv(wired: Wired) -> Conv2d:
    layer = wired.layer
    assert isinstance(layer, Conv2d)
    return layer


def windows(wired: Wired) -> Windows:
    """The windows of a convolution."""
    layer, (h, w, _) = _conv(wired), wired.input
    oh, ow, _ = wired.output
    down = _taps(oh, layer.stride[0], layer.padding[0], layer.kernel[0], h)
    across = _taps(ow, layer.stride[1], layer.padding[1], layer.kernel[1], w)
    whole = (down == layer.kernel[0])[:, None] & (across == layer.kernel[1])[None, :]
    return Windows(down, across, whole)


def patches(wired: Wired, mask: BoolArray) -> BoolArray:
    """What each window sees [oh * ow, K], in the order of a filter."""
    layer, (oh, ow, _) = _conv(wired), wired.output
    (kh, kw), (sh, sw), (top, left, bottom, right) = layer.kernel, layer.stride, layer.padding
    padded = np.pad(mask, ((top, bottom), (left, right), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), (0, 1))
    view = view[::sh, ::sw][:oh, :ow]  # [oh, ow, C, kh, kw]
    return np.ascontiguousarray(view.transpose(0, 1, 3, 4, 2)).reshape(oh * ow, -1)


def conv_forward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Each window is gathered and multiplied with all filters."""
    outputs, fan_in = wired.output[2], wired.fan_in
    at, kernel = windows(wired), _conv(wired).kernel
    positions, whole = at.whole.size, int(at.whole.sum())
    words = float(nonzero_words(patches(wired, met.input)).sum())
    run = kernel[1] * wired.input[2]
    edge_rows = int(at.down.sum()) * len(at.across) - whole * kernel[0]
    return {
        "calls": 1,
        "rows": wired.output[0],
        "filters": outputs,
        "positions": positions,
        "outputs": positions * outputs,
        "gathered_rows": whole * kernel[0],
        "gathered_words": whole * kernel[0] * (run // WORD),
        "gathered_tails": whole * kernel[0] * (run % WORD),
        "edges": positions - whole,
        "edge_rows": edge_rows,
        "edge_bytes": (positions - whole) * fan_in,
        **products(outputs, fan_in, words, positions),
        f"looked_{_conv(wired).fraction_bits}": outputs * fan_in * met.looked,
    }


def conv_backward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Rows of the input's error, from the windows' errors that are not 0, four filters at once."""
    assert met.error is not None
    at, channels = windows(wired), wired.input[2]
    errors = met.error.sum(2)
    sums = -(-errors // BLOCK)
    width = at.across[None, :] * channels
    lanes = -(-width // WORD)
    visits = int(at.down.sum()) * len(at.across)
    down = at.down[:, None]
    return {
        "calls": 1,
        "input_rows": wired.input[0],
        "row_pairs": wired.input[0] * wired.output[0],
        "inputs": volume(wired.input),
        "visits": visits,
        "scanned": visits * wired.output[2],
        "sums": float((sums * down).sum()),
        "terms": float((errors * down).sum()),
        "elements": float((sums * down * width).sum()),
        "macs": float((errors * down * width).sum()),
        "lanes": float((sums * down * lanes).sum()),
        "term_lanes": float((errors * down * lanes).sum()),
    }


def conv_update(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """One filter's gradient at a time, from the windows with an error, then its weights."""
    assert met.error is not None
    at, kernel, fan_in = windows(wired), _conv(wired).kernel, wired.fan_in
    bits, channels = _conv(wired).fraction_bits, wired.input[2]
    active = int(met.error.any((0, 1)).sum())
    whole = (met.error & at.whole[:, :, None]).sum((0, 1))
    sums = int((-(-whole // BLOCK)).sum())
    edge = (met.error & ~at.whole[:, :, None]).sum(2)
    edge_rows = edge * at.down[:, None]
    run, rounded = kernel[1] * channels, active * fan_in * (1 - met.exact)
    return {
        "calls": 1,
        "filters": wired.output[2],
        "scanned": at.whole.size * active,
        "skipped": at.whole.size * (wired.output[2] - active),
        "scanned_rows": len(at.down) * active,
        "errors": float(met.error.sum()),
        "sums": sums * kernel[0],
        "elements": sums * fan_in,
        "macs": float(whole.sum()) * fan_in,
        "lanes": sums * kernel[0] * groups(run, WORD),
        "term_lanes": float(whole.sum()) * kernel[0] * groups(run, WORD),
        "edge_errors": float(edge.sum()),
        "edge_sums": float(edge_rows.sum()),
        "edge_macs": float((edge_rows * at.across[None, :]).sum()) * channels,
        f"filters_{bits}": active,
        f"weights_{bits}": rounded,
        f"moved_{bits}": rounded * met.moved,
        "carried": rounded * met.carried,
        f"exact_{bits}": active * fan_in * met.exact,
        f"rescaled_{bits}": wired.output[2] * fan_in * met.rescaled,
    }
