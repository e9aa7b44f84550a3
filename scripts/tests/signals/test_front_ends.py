# SPDX-License-Identifier: Apache-2.0
"""The C front ends against NumPy: equal where they are exact, within a bound where they round."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tintin._engine import ffi, lib
from tintin.errors import ModelError
from tintin.signals.centres import state_of
from tintin.signals.pipeline import STATISTICS, Description, Pipeline, process

WINDOWS = hnp.arrays(np.int16, st.integers(1, 1024))
LOUD = st.tuples(st.integers(6, 10), st.integers(0, 2**32 - 1))


def statistics_twin(x: npt.NDArray[Any]) -> list[int]:
    """tintin/features.h in Python's integers."""
    values = [int(v) for v in x]
    n = len(values)
    mean = sum(values) // n
    square = sum((v - mean) ** 2 for v in values) // n
    above = [v > mean for v in values]
    difference = sum(abs(a - b) for a, b in zip(values[1:], values, strict=False))
    return [
        mean,
        min(int(np.sqrt(square)), 32767),
        min(values),
        max(values),
        min(difference // max(n - 1, 1), 32767),
        sum(a != b for a, b in zip(above[1:], above, strict=False)),
    ]


@given(WINDOWS)
@settings(max_examples=200, deadline=None)
def test_statistics_are_exact(x: npt.NDArray[np.int16]) -> None:
    description = Description(1, len(x), ["statistics"], statistics=list(STATISTICS))
    got = process(description, [x], b"").values[0]
    assert got[:6].tolist() == statistics_twin(x)
    mean_square = np.mean((x.astype(float) - np.floor(x.mean())) ** 2)
    assert got[6] == pytest.approx(256 * np.log2(1 + np.floor(mean_square)), abs=2)


def transform(x: npt.NDArray[np.int16]) -> npt.NDArray[np.complex128]:
    data = x.copy()
    exp = lib.tintin_fft(ffi.from_buffer("int16_t[]", data), len(x).bit_length() - 1)
    pairs = data.reshape(-1, 2) * 2.0**exp
    bins = np.append(pairs[:, 0] + 1j * pairs[:, 1], pairs[0, 1])
    bins[0] = pairs[0, 0]
    return bins


@given(LOUD)
@settings(max_examples=100, deadline=None)
def test_the_transform_of_noise_is_within_a_thousandth_of_its_largest_bin(
    case: tuple[int, int],
) -> None:
    x = np.random.default_rng(case[1]).integers(-16383, 16384, 1 << case[0]).astype(np.int16)
    exact = np.fft.rfft(x)
    assert np.abs(transform(x) - exact).max() < 1e-3 * np.abs(exact).max()


@given(LOUD, st.floats(0.02, 0.48))
@settings(max_examples=100, deadline=None)
def test_the_transform_of_a_tone_is_within_a_thousandth_of_its_largest_bin(
    case: tuple[int, int], frequency: float
) -> None:
    turn = 2 * np.pi * (frequency * np.arange(1 << case[0]) + case[1] / 2**32)
    x = np.rint(16383 * np.sin(turn)).astype(np.int16)
    exact = np.fft.rfft(x)
    assert np.abs(transform(x) - exact).max() < 1e-3 * max(np.abs(exact).max(), 16383)


def mean_of(x: npt.NDArray[np.int16]) -> float:
    """Halves away from zero, as the engine: in a faint signal that decides the lowest bin."""
    return float(np.trunc(x.mean() + np.copysign(0.5, x.mean())))


def bands_twin(x: npt.NDArray[np.int16], bands: int) -> npt.NDArray[np.float64]:
    n = len(x)
    fade = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    power = np.abs(np.fft.rfft((x - mean_of(x)) * fade))[:-1] ** 2
    edges = np.arange(bands + 1) * (n // 2) // bands
    return np.array([power[a:b].mean() for a, b in pairwise(edges)])


@given(LOUD, st.integers(1, 32), st.integers(0, 10))
@settings(max_examples=100, deadline=None)
def test_band_powers_of_noise_are_within_a_twentieth_of_an_octave(
    case: tuple[int, int], bands: int, quiet: int
) -> None:
    rng = np.random.default_rng(case[1])
    x = (rng.integers(-32768, 32768, 1 << case[0]) >> quiet).astype(np.int16)
    got = process(Description(1, len(x), ["bands"], bands=bands), [x], b"").values[0]
    exact = bands_twin(x, bands)
    heard = exact > exact.max() / 1000  # a band that hardly holds power is all rounding
    assert np.abs(got[heard] - 256 * np.log2(exact[heard])).max() < 13


def mel_twin(x: npt.NDArray[np.int16], bank: Description) -> npt.NDArray[np.float64]:
    n = len(x)
    fade = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    power = np.abs(np.fft.rfft((x - mean_of(x)) * fade))[:-1] ** 2
    hertz = np.arange(n // 2) * bank.rate / n
    low, high = np.log(700 + bank.low), np.log(700 + bank.high)
    place = (np.log(700 + hertz) - low) / (high - low) * (bank.bands + 1)
    inside = (place >= 0) & (place < bank.bands + 1)
    weights = [np.maximum(0, 1 - np.abs(place - 1 - b)) * inside for b in range(bank.bands)]
    return np.array(weights) @ power


@given(st.integers(0, 2**32 - 1), st.integers(7, 9))
@settings(max_examples=50, deadline=None)
def test_mel_powers_of_noise_are_within_a_tenth_of_an_octave(seed: int, log2n: int) -> None:
    bank = Description(1, 1 << log2n, ["mel"], bands=20, low=100, high=4000, rate=8000)
    x = np.random.default_rng(seed).integers(-9000, 9000, bank.window).astype(np.int16)
    exact = mel_twin(x, bank)
    heard = exact > exact.max() / 1000  # a filter that hardly holds a bin is all rounding
    got = process(bank, [x], b"").values[0]
    assert np.abs(got[heard] - 256 * np.log2(exact[heard])).max() < 26


@given(st.integers(0, 2**32 - 1), st.integers(-30000, 30000), st.integers(1, 8000))
@settings(max_examples=50, deadline=None)
def test_centred_values_have_the_mean_and_the_spread_that_a_network_expects(
    seed: int, offset: int, spread: int
) -> None:
    rng = np.random.default_rng(seed)
    x = np.clip(rng.laplace(offset, spread, (400, 2)), -32768, 32767).astype(np.int16)
    description = Description(2, 1, ["readings"])
    state = state_of(description, process(description, [x], b"").values)
    pipeline = Pipeline(description)
    pipeline.restore(state)
    centre = pipeline.centre
    exact = (x - centre.mean) * 25.5 / np.maximum(centre.spread, 1 / 16)
    got = process(description, [x], state).features
    assert np.abs(got - np.clip(exact, -127, 127)).max() <= 0.6


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 3), st.integers(0, 300))
@settings(max_examples=100, deadline=None)
def test_windows_are_those_of_a_sliding_view(
    window: int, hop: int, channels: int, readings: int
) -> None:
    hop = min(hop, window)
    x = np.arange(readings * channels, dtype=np.int16).reshape(readings, channels)
    got = process(Description(channels, window, ["readings"], hop=hop), [x], b"").values
    starts = range(0, readings - window + 1, hop)
    assert got.tolist() == [x[s : s + window].reshape(-1).tolist() for s in starts]


def test_a_description_says_what_is_wrong_with_it() -> None:
    with pytest.raises(ModelError, match="there is no colour"):
        Description.of({"channels": 1, "window": 4, "front_ends": ["readings"], "colour": 1})
    with pytest.raises(ModelError, match="loudness: must be one of readings"):
        assert Description(1, 4, ["loudness"]).length
    with pytest.raises(ModelError, match="out of the ranges"):
        assert Description(1, 4000, ["readings"]).length
    with pytest.raises(ModelError, match="pipeline"):
        assert Description(1, 70000, ["readings"]).length


@given(hnp.arrays(np.int16, st.tuples(st.integers(1, 1024), st.integers(1, 8))), st.integers(1, 64))
@settings(max_examples=150, deadline=None)
def test_power_is_that_of_all_channels_together(x: npt.NDArray[np.int16], parts: int) -> None:
    parts = min(parts, len(x))
    description = Description(x.shape[1], len(x), ["power"], bands=parts)
    got = process(description, [x.reshape(-1, x.shape[1])], b"").values[0]
    edges = np.arange(parts + 1) * len(x) // parts
    power = (x.astype(float) ** 2).sum(axis=1)
    exact = np.array([power[a:b].mean() for a, b in pairwise(edges)])
    assert np.abs(got - 256 * np.log2(np.maximum(exact, 1))).max() < 3


def test_power_stands_alone_among_the_spectra() -> None:
    with pytest.raises(ModelError, match="out of the ranges"):
        assert Description(2, 64, ["power", "bands"], bands=4).length
    with pytest.raises(ModelError, match="out of the ranges"):
        assert Description(2, 64, ["power"], bands=65).length
    assert Description(2, 64, ["power", "statistics"], bands=4, statistics=["mean"]).length == 6
