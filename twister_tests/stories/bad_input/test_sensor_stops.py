# SPDX-License-Identifier: Apache-2.0
"""A sensor that stops is noticed, reported once, counted, and taken up again."""

from __future__ import annotations

import time

import numpy as np
from device import Device
from patterns import pictures

TIMEOUT = 1.0  # s: stories.overlay


def test_a_sensor_that_stops_is_reported_once_and_recovered_from(device: Device) -> None:
    x, labels = pictures(2, seed=14)
    device.teach(x[0], int(labels[0]))
    device.settled()
    device.feed.feed(x[1][:10].tolist())
    device.console.wait_for("the sensor is silent for 1000 ms, 10 values dropped")
    reported = len(device.console.lines)
    counted = device.console.ask("tintin stats")
    assert (counted["state"], counted["sensor_errors"] > 0) == ("silent", True)
    time.sleep(2.5 * TIMEOUT)
    assert device.console.ask("tintin stats")["sensor_errors"] == counted["sensor_errors"]
    assert not any("silent for" in line for line in device.console.lines[reported:])

    device.teach(x[1], int(labels[1]))
    device.console.wait_for("the sensor is back")
    stats = device.settled()
    assert (stats["state"], stats["learned"]) == ("ready", 2)


def test_values_beyond_a_pixel_are_limited_not_wrapped(device: Device) -> None:
    bright = np.full(64, 32767, np.int16)
    dark = np.full(64, -32768, np.int16)
    assert 0 <= device.predict(bright) < 10
    assert 0 <= device.predict(dark) < 10
