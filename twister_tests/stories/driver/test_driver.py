# SPDX-License-Identifier: Apache-2.0
"""The sensing code on a driver that is Zephyr's, over an I2C bus that is QEMU's."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import network as here
import numpy as np
import pytest
from device import Console
from magnetometer import Magnetometer, field
from twister_harness import DeviceAdapter

from tintin.engine import Network, Prediction
from tintin.signals.pipeline import Pipeline

ENODATA = -61
READING, WINDOW, REST = 0.01, 8, 0.1  # s, readings, s: app.overlay
# Of three classes; QEMU 7.2 takes no fields below 0.
FIELDS = np.array([[700, 200, 100], [30, 650, 500], [50, 90, 900]])
CLIPPED = np.array([2047, 0, 0])  # beyond 1.3 gauss


@pytest.fixture
def console(dut: DeviceAdapter) -> Console:
    console = Console(dut)
    console.wait_for(" record, step ", timeout=30)
    return console


@pytest.fixture
def magnetometer(dut: DeviceAdapter) -> Iterator[Magnetometer]:
    magnetometer = Magnetometer(Path(dut.device_config.build_dir) / "qmp.sock")
    yield magnetometer
    magnetometer.close()


def features(registers: np.ndarray) -> np.ndarray:
    """Of a window in which the field stays."""
    pipeline = Pipeline(here.DESCRIPTION)
    pipeline.restore(here.CENTRES.read_bytes())
    window = np.repeat(field(registers)[None, :], here.DESCRIPTION.window, axis=0)
    return pipeline.push(window).features[0]


def next_window(console: Console) -> None:
    """Wait for a window that holds nothing but readings from now on."""
    console.ask("tintin sense restart")
    before = console.ask("tintin stats")["windows"]
    while console.ask("tintin stats")["windows"] == before:
        pass


def test_fields_are_told_and_learned_as_on_the_host(
    console: Console, magnetometer: Magnetometer
) -> None:
    network = Network(here.RECORD.read_bytes())
    for label in [0, 1, 2] * 4:
        magnetometer.show(FIELDS[label])
        next_window(console)
        seen = console.ask("tintin predict")
        assert Prediction(seen["label"], seen["confidence"]) == network.predict(
            features(FIELDS[label])
        )
        answer = console.ask(f"tintin label {label}")
        assert answer["predicted"] == network.learn(features(FIELDS[label]), label).label
        while console.ask("tintin stats")["pending"]:
            pass
    assert console.ask("tintin save")["crc"] == network.save()[-4:][::-1].hex()
    assert console.ask("tintin stats")["sensor_errors"] == 0, "its rate is the one it should have"


def test_a_field_beyond_the_range_is_not_believed(
    console: Console, magnetometer: Magnetometer
) -> None:
    magnetometer.show(CLIPPED)
    next_window(console)
    assert console.ask("tintin sense")["faults"] == ["saturated"]
    assert console.refusal("tintin label 1") == ENODATA
    magnetometer.show(FIELDS[0])
    next_window(console)
    assert console.ask("tintin sense")["faults"] == []
    assert console.ask("tintin label 1")["queued"] == 1


def test_between_vectors_it_rests(console: Console, magnetometer: Magnetometer) -> None:
    magnetometer.show(FIELDS[1])
    began = time.monotonic()
    before = console.ask("tintin stats")["windows"]
    time.sleep(2)
    windows = console.ask("tintin stats")["windows"] - before
    assert windows > 0
    assert windows <= (time.monotonic() - began) / (READING * WINDOW + REST) + 2
