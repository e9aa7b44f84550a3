# SPDX-License-Identifier: Apache-2.0
"""A sensor that is stuck or saturated is noticed and reported, and nothing is learned from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from application_build import Build, lesson
from device import Device
from twister_harness import DeviceAdapter

ENODATA = -61
RAILS = (32767, -32768)


@pytest.fixture
def build(device_object: DeviceAdapter) -> Build:
    return Build.of(Path(device_object.device_config.build_dir))


def vectors_of(build: Build, count: int) -> int:
    """Readings of so many vectors that follow each other."""
    d = build.application.description
    hop, step = d.hop or d.window, d.step or d.frames
    return (d.frames - 1) * hop + d.window + (count - 1) * step * hop


def stuck(build: Build) -> np.ndarray:
    """Two vectors at least of one and the same reading, the last one stuck for long enough."""
    first = build.samples(1, seed=6)[0][0][:1]
    count = 2
    while vectors_of(build, count) < build.application.device.stuck:
        count += 1
    return np.repeat(first, vectors_of(build, count), axis=0)


def saturated(build: Build) -> np.ndarray:
    """A vector that swings from one end of the range to the other, and a new one."""
    n = vectors_of(build, 1)
    readings = np.resize(np.array(RAILS, np.int16), (n, 1))
    return np.repeat(readings, build.application.description.channels, axis=1)


FAULTS = {"stuck": stuck, "saturated": saturated}


def believed_of(build: Build, fault: str) -> np.ndarray:
    """The readings of a fault that come before it can be told: centres that follow learn them."""
    noticed = build.application.device.stuck if fault == "stuck" else 1
    return FAULTS[fault](build)[: noticed - 1]


@pytest.mark.parametrize("fault", FAULTS)
def test_windows_of_a_faulty_sensor_are_not_used(device: Device, build: Build, fault: str) -> None:
    if not getattr(build.application.device, fault):
        pytest.skip(f"{build.application.name} does not look whether its sensor is {fault}")
    console = device.console
    before = console.ask("tintin stats")["sensor_errors"]
    device.feed.feed(FAULTS[fault](build).ravel().tolist())
    console.wait_for(f"the sensor is faulty, and not believed: {fault}")
    seen = console.ask("tintin sense")
    assert (seen["faults"], seen["faulty"] > 0) == ([fault], True)
    assert console.refusal("tintin label 0") == console.refusal("tintin predict") == ENODATA
    stats = console.ask("tintin stats")
    assert stats["state"] in ("faulty", "silent")  # by now it may be silent as well
    assert (stats["sensor_errors"] > before, stats["learned"]) == (True, 0)

    device.resynchronise()
    readings, label = build.samples(1, seed=7)[0]
    label = (label + 1) % len(build.application.classes)  # what is right already teaches nothing
    host, pipeline = build.learner(), build.pipeline()
    pipeline.push(believed_of(build, fault))
    pipeline.restart()
    expected = lesson(host, pipeline.push(readings).features[-1], label)
    assert device.study(readings.ravel(), label) == expected
    believed = "the sensor is believed again"
    assert any(believed in line for line in console.lines) or console.wait_for(believed)
    assert console.ask("tintin sense")["faults"] == []
    assert device.settled()["state"] in ("ready", "silent")
    assert console.ask("tintin save")["crc"] == host.network.save()[-4:][::-1].hex()
