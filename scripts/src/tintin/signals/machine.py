# SPDX-License-Identifier: Apache-2.0
"""A rotating machine with a bearing, as an accelerometer on its housing sees it.

A defect on a race or a ball is struck at a frequency that geometry and shaft speed fix (Harris,
Rolling Bearing Analysis); each strike sets a resonance of the housing ringing. Balls slip a little,
so that the strikes come a little unevenly; load slows the shaft, presses the balls harder and
moves the resonance; a defect that turns is struck in and out of the loaded zone. Beside that the
shaft's imbalance, the meshing of a gear and noise. Readings are int16, limited by the range.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, pi, radians
from typing import Final

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]

HEALTHY: Final = "healthy"
PLACES: Final = ("ball", "inner", "outer")
SEVERITIES: Final = (1, 2, 3)
CLASSES: Final = (HEALTHY, *(f"{place}-{s}" for place in PLACES for s in SEVERITIES))
LOADS: Final = (0, 1, 2, 3)


@dataclass(frozen=True)
class Bearing:
    """Geometry; the default is an SKF 6205-2RS JEM: nine balls."""

    balls: int = 9
    ball_mm: float = 7.94
    pitch_mm: float = 39.04
    contact_deg: float = 0.0

    @property
    def ratio(self) -> float:
        """Ball to pitch diameter, seen along the contact."""
        return self.ball_mm / self.pitch_mm * cos(radians(self.contact_deg))

    def frequencies(self, shaft_hz: float) -> dict[str, float]:
        """FTF (cage), BPFO (outer race), BPFI (inner race), BSF (ball spin), all in Hz."""
        return {
            "cage": shaft_hz / 2 * (1 - self.ratio),
            "outer": shaft_hz * self.balls / 2 * (1 - self.ratio),
            "inner": shaft_hz * self.balls / 2 * (1 + self.ratio),
            "ball": shaft_hz * self.pitch_mm / (2 * self.ball_mm) * (1 - self.ratio**2),
        }


@dataclass(frozen=True)
class Machine:
    """The machine and its sensor. Accelerations are in g, times in seconds."""

    bearing: Bearing = field(default_factory=Bearing)
    rate_hz: int = 12000
    range_g: float = 8.0
    shaft_hz: float = 29.95  # 1797 rpm, without load
    slowdown_hz: float = 0.38  # for each step of load
    resonance_hz: float = 3300.0
    damping: float = 0.055
    jitter: float = 0.012  # standard deviation of the time between strikes, as a share of it
    noise_g: float = 0.1
    stiffening: float = 0.02  # of the resonance, for each step of load

    def shaft_at(self, load: int) -> float:
        """Turns a second under a load of 0..3."""
        return self.shaft_hz - self.slowdown_hz * load


# What a defect excites: how hard, how broad the strike is, and how far it detunes the resonance.
STRENGTH: Final = {"ball": 0.55, "inner": 1.0, "outer": 1.3}
DETUNE: Final = {"ball": 0.86, "inner": 1.0, "outer": 1.12}


def signal(
    machine: Machine, fault: str, load: int, seconds: float, seed: int
) -> npt.NDArray[np.int16]:
    """Readings of one recording, int16 [N]. `fault` is one of CLASSES, `load` one of LOADS."""
    if fault not in CLASSES or load not in LOADS:
        raise ValueError(f"{fault} at load {load}: must be of {CLASSES} and {LOADS}")
    rng = np.random.default_rng([seed, CLASSES.index(fault), load])
    n = round(seconds * machine.rate_hz)
    shaft = machine.shaft_at(load) * rng.normal(1, 0.001)
    g = _hum(machine, shaft, load, n, rng) + _broad_noise(machine, load, n, rng)
    if fault != HEALTHY:
        g += _strikes(machine, fault, (load, shaft), n, rng)
    unit = machine.range_g / 32768
    return np.clip(np.rint(g / unit), -32768, 32767).astype(np.int16)


def _hum(machine: Machine, shaft: float, load: int, n: int, rng: np.random.Generator) -> Float:
    """Imbalance, misalignment, and a gear of 23 teeth that the load presses on."""
    t = np.arange(n) / machine.rate_hz
    parts = ((1, 0.03), (2, 0.015), (3, 0.008), (23, 0.012 + 0.008 * load), (46, 0.006))
    total = np.zeros(n)
    for order, amplitude in parts:
        total += amplitude * np.sin(2 * pi * (order * shaft * t + rng.random()))
    return total


def _broad_noise(machine: Machine, load: int, n: int, rng: np.random.Generator) -> Float:
    """White noise of the sensor, and rolling noise that rises with load through the resonance."""
    rolling = _ring(
        rng.normal(0, 1, n), machine.resonance_hz * 0.55, machine.damping * 5, machine.rate_hz
    )
    white = rng.normal(0, machine.noise_g, n)
    level = machine.noise_g * (0.8 + 0.4 * load)
    return np.asarray(white + rolling * level / max(float(rolling.std()), 1e-9))


def _strikes(
    machine: Machine, fault: str, at: tuple[int, float], n: int, rng: np.random.Generator
) -> Float:
    """Impulses at the fault's frequency, through the resonance."""
    place, _, grade = fault.partition("-")
    load, shaft = at
    severity = int(grade)
    rates = machine.bearing.frequencies(shaft)
    hertz = rates[place] * (2 if place == "ball" else 1)  # a ball strikes both races
    times = _times(hertz, n / machine.rate_hz, machine.jitter, rng)
    size = STRENGTH[place] * severity**1.3 * (0.8 + 0.12 * load)
    heights = size * _modulation(place, times, (shaft, rates["cage"]), rng)
    force = np.zeros(n)
    # a wider pit is crossed in a longer time: its strike is less sharp
    for lag, share in enumerate(np.hanning(severity + 2)[1:-1]):
        index = np.rint(times * machine.rate_hz).astype(int) + lag
        inside = index < n
        np.add.at(force, index[inside], (share * heights)[inside])
    resonance = (
        machine.resonance_hz * DETUNE[place] * (1 + machine.stiffening * load - 0.03 * severity)
    )
    ringing = _ring(force, resonance, machine.damping, machine.rate_hz)
    high = _ring(force, resonance * 1.45, machine.damping * 0.7, machine.rate_hz)
    return ringing + (0.25 + 0.1 * severity) * high


def _times(hertz: float, seconds: float, jitter: float, rng: np.random.Generator) -> Float:
    """When a defect is struck: slip makes the intervals a random walk."""
    count = int(seconds * hertz * 1.2) + 8
    steps = rng.normal(1, jitter, count) / hertz
    times = rng.random() / hertz + np.cumsum(np.maximum(steps, 0.2 / hertz))
    return np.asarray(times[times < seconds])


def _modulation(
    place: str, times: Float, turns: tuple[float, float], rng: np.random.Generator
) -> Float:
    """How hard each strike is: an outer defect stays in the loaded zone, others pass through."""
    turn = {"outer": 0.0, "inner": turns[0], "ball": turns[1]}[place]
    depth = {"outer": 0.05, "inner": 0.6, "ball": 0.5}[place]
    swing = 1 + depth * np.cos(2 * pi * (turn * times + rng.random()))
    return np.asarray(swing * rng.lognormal(0, 0.15, len(times)))


def _ring(force: Float, hertz: float, damping: float, rate_hz: int) -> Float:
    """A damped oscillator's answer to a force: its impulse response, convolved."""
    length = int(6 * rate_hz / (2 * pi * hertz * damping)) + 1
    t = np.arange(length) / rate_hz
    response = np.exp(-damping * 2 * pi * hertz * t) * np.sin(2 * pi * hertz * t)
    size = 1 << (len(force) + length - 1).bit_length()
    spectrum = np.fft.rfft(force, size) * np.fft.rfft(response, size)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(force)])
