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
from tintin.cost.words import BLOCK, VECTOR, WORD, Rows, groups, products, sums
from tintin.layers import Conv2d, volume
from tintin.model import Wired

IntArray = npt.NDArray[np.int64]
Value = TypeVar("Value", bound=np.generic)


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
    """What each window sees [oh * ow, K], in the order of a filter."""
    layer, (oh, ow, _) = _conv(wired), wired.output
    (kh, kw), (sh, sw), (top, left, bottom, right) = layer.kernel, layer.stride, layer.padding
    padded = np.pad(values, ((top, bottom), (left, right), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), (0, 1))
    view = view[::sh, ::sw][:oh, :ow]  # [oh, ow, C, kh, kw]
    return np.ascontiguousarray(view.transpose(0, 1, 3, 4, 2)).reshape(oh * ow, -1)


def conv_forward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Each window is gathered and multiplied with all filters: on some cores two windows at once,
    which leaves a `lone` one in a row of odd length. Filters of less than a
    word are `short`, others `worded`.
    """
    outputs, fan_in = wired.output[2], wired.fan_in
    at, kernel = windows(wired), _conv(wired).kernel
    positions, whole = at.whole.size, int(at.whole.sum())
    seen = patches(wired, met.input)
    oh, ow, _ = wired.output
    run = kernel[1] * wired.input[2]
    edge_rows = int(at.down.sum()) * len(at.across) - whole * kernel[0]
    twos = oh * (ow // 2)
    return {
        "calls": 1,
        "rows": oh,
        "panels": oh * groups(ow, BLOCK),
        "filters": outputs,
        "positions": positions,
        "outputs": positions * outputs,
        "signed": positions * outputs * (not _conv(wired).relu),
        "short": positions * (fan_in < WORD),
        "short_outputs": positions * outputs * (fan_in < WORD),
        "worded": positions * (fan_in >= WORD),
        "worded_outputs": positions * outputs * (fan_in >= WORD),
        "gathered_rows": whole * kernel[0],
        "gathered_words": whole * kernel[0] * (run // WORD),
        "gathered_tails": whole * kernel[0] * (run % WORD),
        "gathered_vectors": whole * kernel[0] * groups(run, VECTOR),
        "edges": positions - whole,
        "edge_rows": edge_rows,
        "edge_bytes": (positions - whole) * fan_in,
        "twos": twos,
        "twos_words": twos * (fan_in // WORD),
        "twos_rows": twos * (outputs // 2),
        "twos_row_words": twos * (outputs // 2) * (fan_in // WORD),
        "twos_row_tails": twos * (outputs // 2) * (fan_in % WORD > 0),
        "twos_rest": twos * (outputs % 2),
        "twos_rest_words": twos * (outputs % 2) * groups(fan_in, WORD),
        **products(Rows.of(seen), outputs),
        **products(
            Rows.of(seen.reshape(oh, ow, -1)[:, ow // 2 * 2 :].reshape(-1, fan_in)),
            outputs,
            "lone_",
        ),
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


def conv_backward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Rows of the input's error, from the windows' errors that are not 0, four filters at once."""
    assert met.error is not None
    at, channels = windows(wired), wired.input[2]
    errors = met.error.sum(2)
    down, width = at.down[:, None], at.across[None, :] * channels
    visits = int(at.down.sum()) * len(at.across)
    live = float(((errors > 0) * down).sum())
    inputs = volume(wired.input)
    words = Rows.of(met.error.reshape(-1, met.error.shape[2]))
    return {
        "calls": 1,
        "input_rows": wired.input[0],
        "row_pairs": wired.input[0] * wired.output[0],
        "inputs": inputs * (not met.masked),
        "masked_inputs": inputs * met.masked,
        "kept": float(met.input.sum()) * met.masked,
        "visits": visits,
        "live_visits": live,
        "scanned": visits * wired.output[2],
        "scanned_full": words.full * visits / max(errors.size, 1),
        "errors": float(errors.sum()),
        **_summed(-(-errors // BLOCK) * down, errors * down, width),
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
