# SPDX-License-Identifier: Apache-2.0
"""Page-Hinkley of the device beside river's, on the same streams."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from tintin._engine import ffi, lib
from tintin.learner_options import DriftOptions

STEADY = 3000  # samples before the drift
SEEDS = range(10)
RIVERS_FADE = 0.0001


def alarms(options: DriftOptions, signal: Iterable[float]) -> list[int]:
    c = ffi.new("struct tintin_drift_options *")
    options.fill(c)
    assert lib.tintin_drift_check(c) == 0
    state = ffi.new("struct tintin_drift *")
    return [i for i, x in enumerate(signal) if lib.tintin_drift_update(state, c, round(x * 1024))]


def rivers(options: DriftOptions, signal: Iterable[float]) -> list[int]:
    drift = pytest.importorskip("river.drift", reason="river is not installed")
    detector = drift.PageHinkley(
        min_instances=options.settle,
        delta=options.delta,
        threshold=options.threshold,
        alpha=1 - options.fade,
        mode=options.mode,
    )
    found = []
    for i, x in enumerate(signal):
        detector.update(float(x))
        if detector.drift_detected:
            found.append(i)
    return found


def drifting(kind: str, seed: int) -> np.ndarray:
    rs = np.random.RandomState(seed)
    t = np.arange(2 * STEADY)
    ramp = np.clip((t - STEADY) / 500, 0, 1)
    moved = {
        "sudden": t >= STEADY,
        "gradual": rs.rand(len(t)) < ramp,
        "incremental": ramp,
        "recurring": (t >= STEADY) & ((t - STEADY) // 800 % 2 == 0),
    }[kind]
    signal = 0.5 + 0.3 * moved + 0.2 * rs.randn(len(t))
    return np.round(signal * 1024) / 1024  # what the device is given, for both


@pytest.mark.parametrize("kind", ["sudden", "gradual", "incremental", "recurring"])
@pytest.mark.parametrize(("threshold", "delta"), [(50, 0.005), (10, 0.005), (5, 0.05)])
def test_delay_and_false_alarms_are_no_worse_than_rivers(
    kind: str, threshold: float, delta: float
) -> None:
    options = DriftOptions(threshold, delta, fade=RIVERS_FADE)
    delays, rivers_delays, false, rivers_false = [], [], 0, 0
    for seed in SEEDS:
        signal = drifting(kind, seed)
        ours, theirs = alarms(options, signal), rivers(options, signal)
        false += sum(i < STEADY for i in ours)
        rivers_false += sum(i < STEADY for i in theirs)
        delays.append(min(i for i in ours if i >= STEADY) - STEADY)
        rivers_delays.append(min(i for i in theirs if i >= STEADY) - STEADY)
    print(f"{kind}: delay {np.mean(delays):.1f} ({np.mean(rivers_delays):.1f}), false {false}")
    assert false <= rivers_false
    assert np.mean(delays) <= np.mean(rivers_delays) + 1  # to the sample, but for 2^-16


def test_without_fading_a_steady_signal_raises_no_alarm_where_rivers_default_does() -> None:
    signal = 0.5 + np.random.RandomState(1).randint(-256, 257, 200_000) / 1024
    assert alarms(DriftOptions(5, 0.05), signal) == []
    assert len(rivers(DriftOptions(5, 0.05, fade=RIVERS_FADE), signal)) >= 5


# What LEARNER.md says of the defaults: mode, steady signal, signal after the drift.
def loss(rs: np.random.RandomState, n: int) -> np.ndarray:
    return np.minimum(rs.exponential(0.3, n) + (rs.rand(n) < 0.05) * rs.exponential(3, n), 11)


SIGNALS = {
    "loss": (loss, lambda rs, n: np.minimum(rs.exponential(1.5, n), 11)),
    "confidence": (
        lambda rs, n: np.clip(1 - 0.25 * np.abs(rs.randn(n)), 0.1, 1),
        lambda rs, n: np.clip(0.65 + 0.25 * rs.randn(n), 0.1, 1),
    ),
    "offset": (
        lambda rs, n: 0.25 + 0.05 * rs.randn(n),
        lambda rs, n: 0.35 + 0.05 * rs.randn(n),
    ),
}


@pytest.mark.parametrize("name", SIGNALS)
def test_the_defaults_alarm_falsely_once_in_10000_samples_and_truly_within_100(name: str) -> None:
    from tintin.learner import Options  # noqa: PLC0415 - the default options come from C

    options = Options().filled().drift[name]
    before, after = SIGNALS[name]
    false = sum(len(alarms(options, before(np.random.RandomState(s), 50_000))) for s in range(2))
    delays = []
    for seed in range(10):
        rs = np.random.RandomState(seed)
        found = alarms(options, np.concatenate([before(rs, 1000), after(rs, 2000)]))
        delays.append(min((i for i in found if i >= 1000), default=3000) - 1000)
    print(f"{name}: {false} false alarms in 100000, delay {np.mean(delays):.0f}")
    assert false <= 10
    assert np.mean(delays) <= 100
