# SPDX-License-Identifier: Apache-2.0
"""An application from its sensor's readings to the updated weight, to the bits of the host."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from application_build import Build, lesson
from device import PATIENCE, Device
from twister_harness import DeviceAdapter

from tintin.link.errors import DeviceError

LESSONS = 10
REPEATS, ROUNDS = 24, 8
LATER = (-11, -16)  # a window not there yet, a full queue


@pytest.fixture
def build(device_object: DeviceAdapter) -> Build:
    return Build.of(Path(device_object.device_config.build_dir))


def fresh(device: Device, readings: np.ndarray) -> np.ndarray:
    """The device begins a vector; the values to feed it."""
    device.console.ask("tintin sense restart")
    return readings.ravel()


def crc(record: bytes) -> str:
    return record[-4:][::-1].hex()


def test_it_predicts_and_learns_as_the_host_does(device: Device, build: Build) -> None:
    host, pipeline = build.learner(), build.pipeline()
    hits = 0
    for readings, label in build.samples(LESSONS, seed=3):
        pipeline.restart()
        expected = lesson(host, pipeline.push(readings).features[-1], label)
        assert device.study(fresh(device, readings), label) == expected
        hits += expected == label
    stats = device.settled()
    assert (stats["learned"], stats["hits"]) == (LESSONS, hits)
    assert device.console.ask("tintin learner")["samples"] == len(host.buffer()[0])
    assert device.console.ask("tintin save")["crc"] == crc(host.network.save())


def test_windows_follow_each_other_as_on_the_host(device: Device, build: Build) -> None:
    readings = np.concatenate([readings for readings, _ in build.samples(3, seed=4)])
    vectors = build.pipeline().push(readings).features
    device.feed.feed(readings.ravel().tolist())
    deadline = time.monotonic() + PATIENCE
    while device.console.ask("tintin stats")["windows"] < len(vectors):
        assert time.monotonic() < deadline, "a window was lost"
    seen = device.console.ask("tintin predict")
    expected = build.network().predict(vectors[-1])
    assert (seen["window"], seen["label"]) == (len(vectors), expected.label)
    assert seen["confidence"] == expected.confidence


def test_what_it_is_told_again_and_again_it_says(device: Device, build: Build) -> None:
    readings, _ = build.samples(1, seed=5)[0]
    told = (device.predict(fresh(device, readings)) + 1) % len(build.application.classes)
    for _ in range(ROUNDS):  # a network of two sure classes takes more of them
        for _ in range(REPEATS):
            label_newest(device, told)
        device.settled()
        if device.predict(fresh(device, readings)) == told:
            return
    pytest.fail(f"told {ROUNDS * REPEATS} times that it is {told}, it does not say so")


def label_newest(device: Device, label: int) -> None:
    while True:
        try:
            device.console.ask(f"tintin label {label}")
            return
        except DeviceError as error:
            if error.errno not in LATER:
                raise
