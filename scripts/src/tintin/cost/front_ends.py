# SPDX-License-Identifier: Apache-2.0
"""Instructions of a pipeline on a target, from counts of what it does and what each costs there.

As for networks (instructions.py): linear, with coefficients that benchmarks/fit_front_ends.py found
by counting in QEMU. What front ends do hardly depends on the readings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tintin.errors import ModelError
from tintin.signals.pipeline import Description

COEFFICIENTS = "front_ends.json"  # written by benchmarks/fit_front_ends.py

# Which part of a pipeline a count belongs to; "transform" is of bands and mel alike.
PARTS = {
    "windows": ("push", "append", "window", "overlap", "vector"),
    "readings": ("copy",),
    "statistics": ("statistics", "statistics_reading"),
    "transform": (
        *("spectrum", "load", "fade", "fill"),
        *("reorder", "twiddle", "butterfly", "split"),
    ),
    "bands": ("bands_bin", "bands_band"),
    "mel": ("mel_bin", "mel_band"),
    "power": ("power_value", "power_part"),
    "centres": ("slide", "centre", "share", "apply", "learn"),
}

Counts = dict[str, float]


@dataclass(frozen=True)
class Stretch:
    """Readings pushed, windows filled, vectors finished, and vectors begun from the one before."""

    pushes: float
    windows: float
    vectors: float
    begun: float

    @classmethod
    def steady(cls, description: Description) -> Stretch:
        """From one vector to the next."""
        windows = description.step or description.frames
        return cls(windows * (description.hop or description.window), windows, 1, 1)


def counts(d: Description, stretch: Stretch) -> Counts:
    """What is done over a stretch of readings, by name."""
    series = stretch.windows * d.channels  # a window of one channel
    hop, step = d.hop or d.window, d.step or d.frames
    found = {
        "push": stretch.pushes,
        "append": stretch.pushes * d.channels,
        "window": stretch.windows,
        "overlap": series * (d.window - hop),
        "vector": stretch.vectors,
    }
    if "readings" in d.front_ends:
        found["copy"] = series * d.window
    if "statistics" in d.front_ends:
        found |= {"statistics": series, "statistics_reading": series * d.window}
    if {"bands", "mel"} & set(d.front_ends):
        found |= _spectrum(d, series)
    if "power" in d.front_ends:
        found |= {"power_value": series * d.window, "power_part": stretch.windows * d.bands}
    return found | _centres(d, stretch, step)


def _spectrum(d: Description, series: float) -> Counts:
    log2n = max(6, (d.window - 1).bit_length())
    half = 1 << (log2n - 1)
    kind = "bands" if "bands" in d.front_ends else "mel"
    return {
        "spectrum": series,
        "load": series * d.window,
        "fade": series * d.window * (d.fade == "hann"),
        "fill": series * ((1 << log2n) - d.window),
        "reorder": series * half,
        "twiddle": series * (half - 1),
        "butterfly": series * half / 2 * (log2n - 1),
        "split": series * half / 2,
        f"{kind}_bin": series * half,
        f"{kind}_band": series * d.bands,
    }


def _centres(d: Description, stretch: Stretch, step: int) -> Counts:
    per_frame = d.length // d.frames
    own = d.channels * d.window if "readings" in d.front_ends else 0
    centres = per_frame - own + (d.channels if own else 0)
    vectors = stretch.vectors
    return {
        "slide": stretch.begun * (d.frames - step) * per_frame,
        "centre": vectors * centres,
        "share": vectors * centres * d.frames,
        "apply": vectors * d.length,
        "learn": vectors * d.length * (d.slow > 0),
    }


@cache
def fitted() -> Mapping[str, Mapping[str, float]]:
    """Coefficients by target and count."""
    stored = json.loads(files("tintin.cost").joinpath(COEFFICIENTS).read_text())
    targets: Mapping[str, Mapping[str, float]] = stored["targets"]
    return targets


def instructions(target: str, d: Description, stretch: Stretch | None = None) -> float:
    """Of a stretch; without one, of a vector of features. Raises ModelError."""
    if target not in fitted():
        raise ModelError(f"--target {target}: must be one of {', '.join(fitted())}")
    return total(fitted()[target], counts(d, stretch or Stretch.steady(d)))


def instructions_by_part(target: str, d: Description) -> dict[str, float]:
    """Those of a vector of features, by PARTS that it has; their sum is instructions()."""
    if target not in fitted():
        raise ModelError(f"--target {target}: must be one of {', '.join(fitted())}")
    found = counts(d, Stretch.steady(d))
    own = {
        part: {name: found[name] for name in names if name in found}
        for part, names in PARTS.items()
    }
    return {part: total(fitted()[target], done) for part, done in own.items() if any(done.values())}


def total(table: Mapping[str, float], found: Counts) -> float:
    """Counts times what each costs."""
    return sum(table.get(name, 0.0) * value for name, value in found.items())


def memory(d: Description) -> dict[str, int]:
    """Bytes of RAM by part, as src/features/layout.c places them; they add up to d.memory."""
    spectrum = bool({"bands", "mel"} & set(d.front_ends))
    n = 1 << max(6, (d.window - 1).bit_length()) if spectrum else 0
    mel = "mel" in d.front_ends
    centres = int(_centres(d, Stretch(0, 0, 1, 0), 1)["centre"])
    parts = {
        "centres": 8 * centres,
        "window": 2 * d.channels * d.window,
        "transform": 2 * n,
        "values": 2 * d.length,
        "filters": _aligned(n if mel else 0) + (8 * d.bands if mel else 0),
        "features": d.length,
    }
    return {name: _aligned(size) for name, size in parts.items()}


def _aligned(n: int) -> int:
    return n + -n % 4
