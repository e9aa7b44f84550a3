# SPDX-License-Identifier: Apache-2.0
"""Small models of what the sensors of activity, gas, spectrum and words see, from a seed.

With them every application's firmware can be built, taught and compared with the host on a
computer without any data. They are much easier than the world: they say nothing of accuracy.
"""

from __future__ import annotations

from collections.abc import Callable
from math import pi
from typing import Final

import numpy as np
import numpy.typing as npt

from tintin.errors import ModelError
from tintin.signals import radio, simulated
from tintin.signals.application import Application
from tintin.signals.recordings import Recordings

Float = npt.NDArray[np.float64]
Rng = np.random.Generator
Make = Callable[[int, int, Rng], Float]

DOMAINS: Final = 4  # persons, batches, powers, speakers; the last is the test
REPEATS: Final = 12  # recordings of each class in each domain
SOURCE: Final = "synthetic signals"


def recordings(application: Application, seed: int = 1) -> Recordings:
    """Recordings of every class in every domain.

    Those of bearing are of the machine's model, those of spectrum-iq of the radio channel's.
    """
    of = application.name.removesuffix(RAW)
    if of in MODELS:
        return MODELS[of](seed)
    make = MAKERS.get(of)
    if make is None:
        raise ModelError(
            f"{application.name}: nothing here makes such signals: `tintin pretrain` it with "
            "recordings of yours, and give --model"
        )
    classes = range(len(application.classes))
    cases = [(c, d) for c in classes for d in range(DOMAINS) for _ in range(REPEATS)]
    rng = np.random.default_rng(seed)
    readings = [_int16(make(label, domain, rng)) for label, domain in cases]
    label = np.array([c for c, _ in cases], np.uint16)
    domain = np.array([d for _, d in cases], np.int64)
    return Recordings(readings, label, domain, domain == DOMAINS - 1, SOURCE)


def _int16(values: Float) -> npt.NDArray[np.int16]:
    return np.clip(np.rint(values), -32768, 32767).astype(np.int16)


def _activity(label: int, person: int, rng: Rng) -> Float:
    """128 readings at 50 Hz: gravity on three axes, gait on all six (1/1000 g, mrad/s)."""
    gravity = (
        (0, 1000, 0),
        (0, 980, 200),
        (0, 980, -200),
        (300, 900, 300),
        (0, 1000, 0),
        (950, 0, 300),
    )
    tempo_hz = (1.8, 1.4, 2.2, 0, 0, 0)[label] * (1 + 0.05 * person)
    swing = (250, 300, 400, 0, 0, 0)[label] * rng.normal(1, 0.1)
    t = np.arange(128)[:, None] / 50
    axes = np.array([0.5, 1, 0.4, 1.5, 0.6, 2.0]) * swing
    phase = rng.random() * 2 * pi + np.arange(6)
    gait = np.sin(2 * pi * tempo_hz * t + phase) + 0.4 * np.sin(4 * pi * tempo_hz * t)
    still = np.array([*gravity[label], 0, 0, 0]) + 20 * person
    return np.asarray(still + axes * gait + rng.normal(0, 15, (128, 6)))


def _gas(label: int, batch: int, rng: Rng) -> Float:
    """A reading of 16 sensors with eight features each; from batch to batch they age unevenly."""
    pattern = np.random.default_rng([7, label]).normal(0, 1, 128)
    ageing = np.random.default_rng([8, batch]).normal(0, 0.25 * batch, 16).repeat(8)
    concentration = rng.uniform(0.6, 1.4)
    return np.asarray(1000 * (concentration * pattern + ageing + rng.normal(0, 0.2, 128)))[None, :]


def _spectrum(label: int, power: int, rng: Rng) -> Float:
    """256 * log2 of the mean power in 31 parts of a band; a signal fills some of its middle."""
    noise = rng.exponential(1, (31, 64)).mean(axis=1)
    shape = np.exp(-(((np.arange(31) - 15) / 4) ** 2))
    signal = label * (0.3 + 0.3 * power) * shape * rng.exponential(1, (31, 64)).mean(axis=1)
    return np.asarray(256 * np.log2(noise + signal))[None, :]


def _word(label: int, speaker: int, rng: Rng) -> Float:
    """1.024 s at 8 kHz: two formants that glide from and to where this word's digits say."""
    t = np.arange(8192) / 8000
    ends = np.random.default_rng([9, label]).uniform((250, 250, 1000, 1000), (900, 900, 3000, 3000))
    scale = 0.9 + 0.06 * speaker
    share = np.clip((t - 0.1) / 0.5, 0, 1)
    total = np.zeros(8192)
    for first, last in (ends[:2], ends[2:]):
        hertz = scale * (first + (last - first) * share)
        total += np.sin(2 * pi * np.cumsum(hertz) / 8000 + rng.random())
    begin, length = rng.uniform(0.05, 0.15), rng.uniform(0.4, 0.6)
    loud = np.where((t > begin) & (t < begin + length), 4000 * rng.uniform(0.7, 1.3), 0)
    return np.asarray(loud * total + rng.normal(0, 20, 8192))[:, None]


RAW: Final = "-raw"  # the same signals
MODELS: Final[dict[str, Callable[[int], Recordings]]] = {
    "bearing": simulated.bearing,
    "spectrum-iq": radio.segments,
}
MAKERS: Final[dict[str, Make]] = {
    "activity": _activity,
    "gas": _gas,
    "spectrum": _spectrum,
    "words": _word,
}
