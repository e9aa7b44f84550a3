# SPDX-License-Identifier: Apache-2.0
"""Counts of a convolution's forward pass.

Filters are packed, as many together as there is room for; the columns that an output row sees are
filled; a panel of eight positions meets the filters; its outputs are put away. Counts whose names
begin alike are those of some cores (ONLY in benchmarks/fit_cost.py): `wide_` lanes of 16 bits with
the DSP extension, `narrow_` ones of 8 elsewhere, how columns are filled with them, and how the
products are made. Narrow filters with one row of taps are packed as they stand, and where nothing
is padded the input's rows are the columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tintin.cost.counts_conv import conv_of, windows
from tintin.cost.trace import LayerTrace
from tintin.cost.words import BLOCK, VECTOR, WORD, Rows, groups, looked, named, products
from tintin.model import Wired

Value = TypeVar("Value", bound=np.generic)

BANK_BYTES = 2560  # of packed filters (conv2d_forward.c)
POSITIONS = 8  # that are multiplied with them at once (conv2d_forward.c)


@dataclass(frozen=True)
class Banks:
    """Filters that are packed `together`, `count` times; `whole`: all of them in one."""

    together: int
    count: int
    whole: bool

    @classmethod
    def wide(cls, wired: Wired) -> Banks:
        """Two bytes a lane; lanes and filters come in pairs (panel.h)."""
        outputs = wired.output[2]
        together = min(_room(wired), outputs + outputs % 2)
        count = groups(outputs, together)
        return cls(together, count, count == 1 and outputs % 2 == 0)

    @classmethod
    def narrow(cls, wired: Wired) -> Banks:
        """One byte a lane."""
        outputs = wired.output[2]
        together = min(2 * min(_room(wired), outputs + outputs % 2), outputs)
        count = groups(outputs, together)
        return cls(together, count, count == 1)


def _room(wired: Wired) -> int:
    fit = BANK_BYTES // (2 * (wired.fan_in + wired.fan_in % 2)) // BLOCK * BLOCK
    return max(fit, BLOCK)


def patches(wired: Wired, values: npt.NDArray[Value]) -> npt.NDArray[Value]:
    """What each window sees [oh * ow, K], turned as the engine turns it: [kx][ky][c]."""
    layer, (oh, ow, _) = conv_of(wired), wired.output
    (kh, kw), (sh, sw), (top, left, bottom, right) = layer.kernel, layer.stride, layer.padding
    padded = np.pad(values, ((top, bottom), (left, right), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(padded, (kh, kw), (0, 1))
    view = view[::sh, ::sw][:oh, :ow]  # [oh, ow, C, kh, kw]
    return np.ascontiguousarray(view.transpose(0, 1, 4, 3, 2)).reshape(oh * ow, -1)


def _packed(wired: Wired) -> dict[str, float]:
    """Filters, turned."""
    outputs, kernel = wired.output[2], conv_of(wired).kernel
    return {
        "filters": outputs,
        "filter_columns": outputs * kernel[1],
        "filter_runs": outputs * kernel[0] * kernel[1],
        "weights": outputs * wired.fan_in,
    }


def _one_row(wired: Wired) -> bool:
    return conv_of(wired).kernel[0] == 1


def _untouched(wired: Wired) -> bool:
    """Are rows of the input what narrow columns hold?"""
    return _one_row(wired) and not any(conv_of(wired).padding)


@dataclass(frozen=True)
class Fill:
    """Rows that fill the columns, of the input and of padding: of so many `pixels` each."""

    inside: int
    outside: int
    pixels: int

    @classmethod
    def of(cls, wired: Wired, banks: Banks) -> Fill:
        """All output rows, once for each bank."""
        layer, inside = conv_of(wired), banks.count * int(windows(wired).down.clip(0).sum())
        across = (wired.output[1] - 1) * layer.stride[1] + layer.kernel[1]
        outside = banks.count * wired.output[0] * layer.kernel[0] - inside
        return cls(inside, outside, min(across - layer.padding[1], wired.input[1]))


def _filled(wired: Wired, banks: Banks) -> dict[str, float]:
    """Columns, a lane at a time or two."""
    layer, channels, fill = conv_of(wired), wired.input[2], Fill.of(wired, banks)
    across = (wired.output[1] - 1) * layer.stride[1] + layer.kernel[1]
    pixels, several = fill.inside * fill.pixels, channels > 1
    return {
        "cleared": layer.kernel[0] * across * channels,
        "filled_rows": fill.inside + fill.outside,
        "padding_runs": fill.outside * fill.pixels,
        "padding_values": fill.outside * fill.pixels * channels,
        "single_values": pixels * (not several),
        "runs": pixels * several,
        "run_twos": pixels * (channels // 2) * several,
        "run_odd": pixels * (channels % 2) * several,
    }


def _scattered(wired: Wired, banks: Banks) -> dict[str, float]:
    """The same where vectors do it: single lanes by sixteen, runs of up to sixteen in one go."""
    channels, fill, plain = wired.input[2], Fill.of(wired, banks), _filled(wired, banks)
    pixels, short = fill.inside * fill.pixels, 1 < channels <= VECTOR
    return {
        **{name: value * (channels > VECTOR) for name, value in plain.items()},
        "cleared": plain["cleared"],
        "filled_rows": plain["filled_rows"],
        "padding_runs": plain["padding_runs"],
        "padding_values": plain["padding_values"],
        "singles": fill.inside * groups(fill.pixels, VECTOR) * (channels == 1),
        "short_rows": fill.inside * short,
        "short_runs": pixels * short,
    }


def _puts(wired: Wired, banks: Banks) -> list[tuple[int, int]]:
    """How often so many outputs are quantised in one go."""
    oh, ow, outputs = wired.output
    if banks.whole:
        return [(oh * (ow // POSITIONS), POSITIONS * outputs), (oh, ow % POSITIONS * outputs)]
    last = outputs - (banks.count - 1) * banks.together
    return [(oh * ow * (banks.count - 1), banks.together), (oh * ow, last)]


def _put(wired: Wired, banks: Banks) -> dict[str, float]:
    """Outputs; of a ReLU's four at once and what is left one by one."""
    sizes = [(times, size) for times, size in _puts(wired, banks) if size > 0]
    outputs = sum(times * size for times, size in sizes)
    relu = conv_of(wired).relu
    return {
        "puts": sum(times for times, _ in sizes),
        "put_vectors": sum(times * groups(size, WORD) for times, size in sizes),
        "put_quads": relu * sum(times * (size // WORD) for times, size in sizes),
        "put_ones": relu * sum(times * (size % WORD) for times, size in sizes),
        "put_signed": (not relu) * outputs,
    }


def _panels(wired: Wired, banks: Banks) -> dict[str, float]:
    """What surrounds the products."""
    rows = banks.count * wired.output[0]
    return {
        "banks": banks.count,
        "rows": rows,
        "panels": rows * groups(wired.output[1], POSITIONS),
        **_put(wired, banks),
    }


def _twos(wired: Wired) -> dict[str, float]:
    """Two windows times two filters, two lanes of each at once."""
    oh, ow, outputs = wired.output
    filters, lanes = groups(outputs, 2), groups(wired.fan_in, 2)
    twos, ones = oh * (ow // 2) * filters, oh * (ow % 2) * filters
    return {
        "twos": twos,
        "twos_looped": twos * (lanes > 1),
        "twos_quads": twos * (lanes // 2),
        "twos_odd": twos * (lanes % 2),
        "ones": ones,
        "ones_lanes": ones * lanes,
        "filters": oh * groups(ow, POSITIONS) * filters,
    }


def _vectors(wired: Wired) -> dict[str, float]:
    """Windows times four filters, or one, by vectors of sixteen."""
    windows_ = wired.output[0] * wired.output[1]
    blocks, rest = divmod(wired.output[2], BLOCK)
    vectors = groups(wired.fan_in, VECTOR)
    return {
        "blocks": windows_ * blocks,
        "block_vectors": windows_ * blocks * vectors,
        "rest": windows_ * rest,
        "rest_vectors": windows_ * rest * vectors,
    }


def _words(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Windows times four filters by words; an M0 takes `odd` windows, between words, by bytes."""
    layer, seen = conv_of(wired), patches(wired, met.input)
    across = layer.stride[1] * layer.kernel[0] * wired.input[2]
    odd = (np.arange(len(seen)) % wired.output[1]) * across % WORD > 0
    outputs = wired.output[2]
    return {
        **products(Rows.of(seen), outputs, "words_"),
        **products(Rows.of(seen[~odd]), outputs, "aligned_"),
        **products(Rows.of(seen[odd]), outputs, "odd_"),
    }


def _wide(wired: Wired) -> dict[str, float]:
    banks = Banks.wide(wired)
    return {
        **_packed(wired),
        **_panels(wired, banks),
        **_filled(wired, banks),
        **_twos(wired),
    }


def _narrow(wired: Wired) -> dict[str, float]:
    return {
        "one_row": wired.output[2] * _one_row(wired),
        **({} if _one_row(wired) else _packed(wired)),
        **_panels(wired, Banks.narrow(wired)),
    }


def conv_forward(wired: Wired, met: LayerTrace) -> dict[str, float]:
    """Windows are runs of what the columns of an output row hold, and meet filters packed alike."""
    weights, bits = wired.output[2] * wired.fan_in, conv_of(wired).fraction_bits
    narrow, filled = Banks.narrow(wired), not _untouched(wired)
    return {
        "calls": 1,
        "biases": wired.output[2],
        **named("wide_", _wide(wired)),
        **named("narrow_", _narrow(wired)),
        **(named("bytes_", _filled(wired, narrow)) if filled else {}),
        **(named("vector_", _scattered(wired, narrow)) if filled else {}),
        **named("vector_", _vectors(wired)),
        **_words(wired, met),
        **looked(weights, bits, met.looked, met.large),
    }
