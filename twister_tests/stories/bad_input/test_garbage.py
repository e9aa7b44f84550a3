# SPDX-License-Identifier: Apache-2.0
"""Noise on either UART: the device goes on, and what it learned is untouched."""

from __future__ import annotations

import random
import time

import pytest
from device import Device
from patterns import pictures

from tintin.link.sensor import frame

# All bytes but the line ends, and 1, with which QEMU's console leaves for its monitor.
HARMLESS = bytes(0x3F if byte in (0x01, 0x0A, 0x0D) else byte for byte in range(256))


def crc(device: Device) -> str:
    return str(device.console.ask("tintin save")["crc"])


@pytest.mark.parametrize("seed", range(3))
def test_noise_on_the_shell_is_survived(device: Device, seed: int) -> None:
    x, labels = pictures(2, seed=12)
    device.teach(x[0], int(labels[0]))
    device.settled()
    before = crc(device)
    noise = random.Random(seed)
    for _ in range(40):
        line = noise.randbytes(noise.randrange(1, 120)).translate(HARMLESS)
        device.console.write(line + b"\n")
        time.sleep(0.02)
    device.console.wait_quiet()
    assert device.console.ask("tintin info")["step"] == 1
    assert crc(device) == before
    device.teach(x[1], int(labels[1]))
    assert device.settled()["step"] == 2


@pytest.mark.parametrize("seed", range(3))
def test_noise_on_the_sensor_is_survived(device: Device, seed: int) -> None:
    noise = random.Random(seed)
    for _ in range(30):
        device.send_raw(noise.randbytes(noise.randrange(1, 300)))
    device.send_raw(b"\x7e" * 600)
    time.sleep(0.2)
    device.resynchronise()
    x, labels = pictures(3, seed=13)
    for sample, label in zip(x, labels, strict=True):
        device.teach(sample, int(label))
    assert device.settled()["learned"] == 3


def test_damaged_partial_and_repeated_frames_put_nothing_into_a_window(device: Device) -> None:
    good = frame(1, bytes(range(2, 42)))
    damaged = bytearray(good)
    damaged[10] ^= 1
    device.send_raw(bytes(damaged))
    device.send_raw(good[:20])
    time.sleep(0.3)  # the device gives the partial frame up after 0.1 s
    device.send_raw(frame(1, b"\x01"))
    device.send_raw(good)
    device.send_raw(good)
    time.sleep(0.2)
    sense = device.console.ask("tintin sense")
    assert sense["filled"] == 20
