# SPDX-License-Identifier: Apache-2.0
"""I/Q samples of a radio channel: white noise of the receiver, and BPSK below it or not.

What detects best is known for this: the energy of N complex samples at a signal-to-noise ratio r
is N (1 + r) on average with a deviation of about (1 + r) sqrt(N), so that `detection` says what
no detector of energy can surpass.
"""

from __future__ import annotations

from math import erfc, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from tintin.signals.recordings import Recordings

WINDOW: Final = 512
SYMBOL: Final = 4  # samples
RATIOS_DB: Final = (-14, -12, -10, -8, -6, -4)
NOISE: Final = 300.0  # deviation of each component, in units of the converter
EACH: Final = 300  # segments of each ratio and part; of idle as many as of all together


def segment(rng: np.random.Generator, ratio_db: float | None) -> npt.NDArray[np.int16]:
    """I and Q [WINDOW, 2]; None: nobody sends."""
    x = rng.normal(0, NOISE, (WINDOW, 2))
    if ratio_db is not None:
        bits = rng.integers(0, 2, WINDOW // SYMBOL + 1) * 2 - 1
        late = rng.integers(SYMBOL)
        wave = np.repeat(bits, SYMBOL)[late : late + WINDOW]
        phase = rng.uniform(0, 2 * np.pi)
        level = NOISE * sqrt(2) * 10 ** (ratio_db / 20)
        x += level * wave[:, None] * np.array([np.cos(phase), np.sin(phase)])
    return np.clip(np.rint(x), -32768, 32767).astype(np.int16)


def segments(seed: int = 1) -> Recordings:
    """Idle and occupied, half of them the test; the domain is the ratio in dB, 0 where idle."""
    rng = np.random.default_rng([seed, 31])
    each: tuple[float | None, ...] = (*RATIOS_DB, *[None] * len(RATIOS_DB))
    cases = each * (2 * EACH)
    readings = [segment(rng, ratio) for ratio in cases]
    label = np.array([ratio is not None for ratio in cases], np.uint16)
    domain = np.array([ratio or 0 for ratio in cases], np.int64)
    return Recordings(readings, label, domain, np.arange(len(cases)) >= len(cases) // 2, "model")


def detection(ratio_db: float, false_alarms: float = 0.1) -> float:
    """Share of segments that a detector of energy finds, in theory."""
    ratio = 10 ** (ratio_db / 10)
    low, high = -9.0, 9.0
    for _ in range(60):  # the threshold, in deviations of the noise's energy
        middle = (low + high) / 2
        low, high = (middle, high) if erfc(middle / sqrt(2)) / 2 > false_alarms else (low, middle)
    return erfc((low - ratio * sqrt(WINDOW)) / sqrt(1 + 2 * ratio) / sqrt(2)) / 2
