# SPDX-License-Identifier: Apache-2.0
"""Counts of a convolution that learns: what its windows see, and where its errors are.

At an edge a window has fewer taps; `whole` windows lie inside the input.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tintin.cost.trace import BoolArray, LayerTrace
from tintin.cost.words import BLOCK, WORD, Rows, sums
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


def conv_of(wired: Wired) -> Conv2d:
    """The layer, which must be a convolution."""
    layer = wired.layer
    assert isinstance(layer, Conv2d)
    return layer


def windows(wired: Wired) -> Windows:
    """The windows of a convolution."""
    layer, (h, w, _) = conv_of(wired), wired.input
    oh, ow, _ = wired.output
    down = _taps(oh, layer.stride[0], layer.padding[0], layer.kernel[0], h)
    across = _taps(ow, layer.stride[1], layer.padding[1], layer.kernel[1], w)
    whole = (down == layer.kernel[0])[:, None] & (across == layer.kernel[1])[None, :]
    return Windows(down, across, whole)


def _summed(
    sums_at: IntArray, terms: IntArray, width: IntArray, name: str = ""
) -> dict[str, float]:
    """sums() where each place has a number of sums and terms, and a width of its own."""
    whole, rest = width // WORD, width % WORD
    return {
        f"{name}sums": float(sums_at.sum()),
        f"{name}terms": float(terms.sum()),
        f"{name}quads": float((sums_at * whole).sum()),
        f"{name}tails": float((sums_at * rest).sum()),
        f"{name}tailed": float((sums_at * (rest > 0)).sum()),
        f"{name}term_quads": float((terms * whole).sum()),
        f"{name}term_tails": float((terms * rest).sum()),
    }


def _sheet(wired: Wired) -> dict[str, float]:
    """The rows on which an input's error is summed, and how they move."""
    layer, (h, w, channels) = conv_of(wired), wired.input
    oh, ow, _ = wired.output
    width = max((ow - 1) * layer.stride[1] + layer.kernel[1], layer.padding[1] + w) * channels
    by = min(layer.stride[0], layer.kernel[0])
    return {
        "input_rows": h,
        "slid": oh * (layer.kernel[0] - by) * width,
        "cleared": (layer.kernel[0] + oh * by) * width,
    }


def conv_backward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Of each position, the errors that are not 0 times their filters, four at once, to a sheet."""
    assert met.error is not None
    kernel, channels = conv_of(wired).kernel, wired.input[2]
    errors = met.error.sum(2)
    calls = float((-(-errors // BLOCK)).sum())
    inputs = volume(wired.input)
    return {
        "calls": 1,
        **_sheet(wired),
        "inputs": inputs * (not met.masked),
        "masked_inputs": inputs * met.masked,
        "kept": float(met.input.sum()) * met.masked,
        "rows": wired.output[0],
        "live": float((errors > 0).sum()),
        **Rows.of(met.error.reshape(-1, met.error.shape[2])).walked("scanned"),
        "windows": calls,
        **sums(calls * kernel[0], float(errors.sum()) * kernel[0], kernel[1] * channels),
    }


def conv_update(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """One filter's gradient at a time, from the windows with an error, then its weights."""
    assert met.error is not None
    at, kernel, fan_in = windows(wired), conv_of(wired).kernel, wired.fan_in
    bits, channels = conv_of(wired).fraction_bits, wired.input[2]
    active = int(met.error.any((0, 1)).sum())
    whole = (met.error & at.whole[:, :, None]).sum((0, 1))
    calls, terms = float((-(-whole // BLOCK)).sum()), float(whole.sum())
    edge = (met.error & ~at.whole[:, :, None]).sum(2)
    edge_rows = edge * at.down[:, None]
    rounded = active * fan_in * (1 - met.exact - met.widened)
    return {
        "calls": 1,
        "filters": wired.output[2],
        "scanned": at.whole.size * active,
        "skipped": at.whole.size * (wired.output[2] - active),
        "scanned_rows": len(at.down) * active,
        "errors": float(met.error.sum()),
        "windows": calls,
        **sums(calls * kernel[0], terms * kernel[0], kernel[1] * channels),
        "edge_errors": float(edge.sum()),
        **_summed(edge_rows, edge_rows, at.across[None, :] * channels, "edge_"),
        "active": active,
        "weights": active * fan_in,
        f"filters_{bits}": active,
        f"weights_{bits}": rounded,
        f"moved_{bits}": rounded * met.moved,
        f"carried_{bits}": rounded * met.carried,
        f"exact_{bits}": active * fan_in * met.exact,
        f"widened_{bits}": active * fan_in * met.widened,
        f"rescaled_{bits}": wired.output[2] * fan_in * met.rescaled,
    }
