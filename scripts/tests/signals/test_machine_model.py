# SPDX-License-Identifier: Apache-2.0
"""The model of a machine does what bearings do."""

from __future__ import annotations

import numpy as np
import pytest

from tintin.signals.machine import CLASSES, Bearing, Machine, signal


def test_the_frequencies_are_those_published_for_a_6205_bearing() -> None:
    found = Bearing().frequencies(1.0)
    # Case Western Reserve University's table: multiples of the shaft's speed; BSF there is 4.7135,
    # both races counted
    assert found["inner"] == pytest.approx(5.4152, abs=2e-3)
    assert found["outer"] == pytest.approx(3.5848, abs=2e-3)
    assert found["cage"] == pytest.approx(0.39828, abs=2e-4)
    assert 2 * found["ball"] == pytest.approx(4.7135, abs=5e-3)


@pytest.mark.parametrize(("fault", "strikes"), [("outer-2", 1), ("inner-2", 1), ("ball-2", 2)])
@pytest.mark.parametrize("load", [0, 3])
def test_the_envelope_beats_at_the_frequency_of_the_fault(
    fault: str, strikes: int, load: int
) -> None:
    machine = Machine(noise_g=0.02)
    x = signal(machine, fault, load, 8.0, seed=3).astype(float)
    spectrum = np.fft.rfft(x)
    hertz = np.fft.rfftfreq(len(x), 1 / machine.rate_hz)
    spectrum[(hertz < 2000) | (hertz > 5000)] = 0
    envelope = np.abs(np.fft.irfft(spectrum, len(x)))
    beat = np.abs(np.fft.rfft(envelope - envelope.mean()))
    beat[hertz < 60] = 0
    place = fault.partition("-")[0]
    expected = strikes * machine.bearing.frequencies(machine.shaft_at(load))[place]
    near = (hertz > 60) & (hertz < 250)
    peak = hertz[near][np.argmax(np.convolve(beat, np.ones(9), "same")[near])]
    assert peak == pytest.approx(expected, rel=0.03)


def test_a_seed_gives_the_same_readings_and_another_seed_others() -> None:
    one, same, other = (signal(Machine(), "inner-1", 1, 0.1, seed) for seed in (5, 5, 6))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_larger_defect_is_louder_and_a_healthy_bearing_the_quietest() -> None:
    def loudness(fault: str) -> float:
        return float(signal(Machine(), fault, 0, 1.0, 1).std())

    for place in ("ball", "inner", "outer"):
        levels = [loudness(f"{place}-{grade}") for grade in (1, 2, 3)]
        assert loudness("healthy") < levels[0] < levels[1] < levels[2]


def test_a_small_range_saturates() -> None:
    x = signal(Machine(range_g=0.5), "outer-3", 3, 0.2, 1)
    assert x.max() == 32767
    assert x.min() == -32768


def test_a_fault_or_a_load_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="rust at load 0"):
        signal(Machine(), "rust", 0, 0.1, 1)
    with pytest.raises(ValueError, match="at load 4"):
        signal(Machine(), CLASSES[0], 4, 0.1, 1)
