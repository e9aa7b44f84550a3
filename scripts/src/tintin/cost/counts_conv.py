# SPDX-License-Identifier: Apache-2.0
"""Counts of a convolution: what its windows see, and where its errors are.

At an edge a window has fewer taps; `whole` windows lie inside the input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tintin.cost.trace import BoolArray, LayerTrace
from tintin.cost.words import BLOCK, WORD, Rows, groups, products, sums
from tintin.layers import Conv2d, volume
from tintin.model import Wired

IntArray = npt.NDArray[np.int64]
Value = TypeVar("Value", bound=np.generic)

BANK_BYTES = 2560  # of packed filters (conv2d.c)
POSITIONS = 8  # that are multiplied with them at once (conv2d.c)


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


def patches(wired: Wired, values: npt.NDArray[Value]) -> npt.NDArray[Value]:
    """What each window sees [oh * ow, K], turned as the engine turns it: [kx][ky][c]."""
    layer, (oh, ow, _) = _conv(wired), wired.output
    (kh, kw), (sh, sw), (top, left, bottom, right) = layer.kernel, layer.stride, layer.padding
    padded = np.pad(values, ((top, bottom), (left, right), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), (0, 1))
    view = view[::sh, ::sw][:oh, :ow]  # [oh, ow, C, kh, kw]
    return np.ascontiguousarray(view.transpose(0, 1, 4, 3, 2)).reshape(oh * ow, -1)


def _together(wired: Wired) -> dict[str, int]:
    """Filters that are packed together, of wide lanes and of narrow ones (conv2d.c)."""
    outputs = wired.output[2] + wired.output[2] % 2
    fit = BANK_BYTES // (2 * (wired.fan_in + wired.fan_in % 2)) // BLOCK * BLOCK
    wide = min(max(fit, BLOCK), outputs)
    return {"wide_": wide, "narrow_": min(2 * wide, outputs)}


def _panels(wired: Wired, name: str) -> dict[str, float]:
    """What surrounds the products: filters packed, columns filled, outputs put away."""
    (oh, ow, outputs), channels = wired.output, wired.input[2]
    layer, together = _conv(wired), _together(wired)[name]
    banks = groups(outputs, together)
    rows = banks * oh * layer.kernel[0]
    values = rows * wired.input[1]
    at_once = banks == 1 and (name == "narrow_" or outputs % 2 == 0)
    puts = oh * groups(ow, POSITIONS) if at_once else banks * oh * ow
    each = outputs * min(ow, POSITIONS) if at_once else together
    return {
        f"{name}banks": banks,
        f"{name}rows": banks * oh,
        f"{name}panels": banks * oh * groups(ow, POSITIONS),
        f"{name}spread_rows": rows,
        f"{name}spread_values": values * (channels == 1),
        f"{name}spread_runs": values * (channels > 1),
        f"{name}spread_twos": values * (channels // 2),
        f"{name}spread_odd": values * (channels % 2) * (channels > 1),
        f"{name}puts": puts,
        f"{name}put_tails": puts * (each % WORD),
    }


def _twos(wired: Wired) -> dict[str, float]:
    """Two windows times two filters, two lanes of each at once."""
    oh, ow, outputs = wired.output
    filters, lanes = groups(outputs, 2), groups(wired.fan_in, 2)
    twos, ones = oh * (ow // 2) * filters, oh * (ow % 2) * filters
    return {
        "wide_twos": twos,
        "wide_twos_lanes": twos * lanes,
        "wide_twos_odd": twos * (lanes % 2),
        "wide_ones": ones,
        "wide_ones_lanes": ones * lanes,
        "wide_filters": oh * groups(ow, POSITIONS) * filters,
    }


def _products(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Narrow windows; those that do not begin at a word are `odd`, which an M0 cannot load from."""
    layer, seen = _conv(wired), patches(wired, met.input)
    across = layer.stride[1] * layer.kernel[0] * wired.input[2]
    odd = (np.arange(len(seen)) % wired.output[1]) * across % WORD > 0
    outputs = wired.output[2]
    return {
        **products(Rows.of(seen[~odd]), outputs, "narrow_"),
        **products(Rows.of(seen[odd]), outputs, "narrow_odd_"),
        "narrow_short_outputs": len(seen) * outputs * (wired.fan_in < WORD),
    }


def conv_forward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Windows are runs of what the columns of an output row hold, and meet filters packed alike:
    on a core with DSP in `wide` lanes, two windows and two filters at once; on others in `narrow`
    ones.
    """
    outputs, fan_in = wired.output[2], wired.fan_in
    positions = wired.output[0] * wired.output[1]
    return {
        "calls": 1,
        "filters": outputs,
        "weights": outputs * fan_in,
        "filter_runs": outputs * _conv(wired).kernel[0] * _conv(wired).kernel[1],
        "outputs": positions * outputs,
        "signed": positions * outputs * (not _conv(wired).relu),
        **_panels(wired, "wide_"),
        **_twos(wired),
        **_panels(wired, "narrow_"),
        **_products(wired, met),
        f"looked_{_conv(wired).fraction_bits}": outputs * fan_in * met.looked,
    }


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
    layer, (h, w, channels) = _conv(wired), wired.input
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
    kernel, channels = _conv(wired).kernel, wired.input[2]
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
    at, kernel, fan_in = windows(wired), _conv(wired).kernel, wired.fan_in
    bits, channels = _conv(wired).fraction_bits, wired.input[2]
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
