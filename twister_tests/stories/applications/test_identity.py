# SPDX-License-Identifier: Apache-2.0
"""Two firmwares, one flash: weights that were taught with other centres are left alone."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from application_build import Build, lesson
from device import Device
from twister_harness import DeviceAdapter

LESSONS = 2
CENTRES = 16  # bytes before the centres in their block; 4 of a checksum are behind them
IGNORED = "the saved record is ignored: a record of another network, or of other inputs or classes"


@pytest.fixture
def build(device_object: DeviceAdapter) -> Build:
    return Build.of(Path(device_object.device_config.build_dir))


def moved(centres: bytes) -> bytes:
    """Another training's: the first mean lies a unit higher."""
    mean = struct.unpack_from("<i", centres, CENTRES)[0] + 4096
    body = centres[:CENTRES] + struct.pack("<i", mean) + centres[CENTRES + 4 : -4]
    return body + struct.pack("<I", zlib.crc32(body))


@contextmanager
def pretrained_again(device: Device, build: Build) -> Iterator[None]:
    """The image with other centres of the factory, and nothing else, in the place of this one."""
    elf = device.build_dir / "zephyr" / "zephyr.elf"
    image, centres = elf.read_bytes(), (build.folder / "model.centres").read_bytes()
    assert image.count(centres) == 1
    elf.write_bytes(image.replace(centres, moved(centres)))
    try:
        yield
    finally:
        elf.write_bytes(image)


def test_a_save_with_other_centres_is_left_alone(device: Device, build: Build) -> None:
    host, pipeline = build.learner(), build.pipeline()
    factory_step = device.console.ask("tintin info")["step"]
    for readings, label in build.samples(LESSONS, seed=21):
        pipeline.restart()
        device.console.ask("tintin sense restart")
        expected = lesson(host, pipeline.push(readings).features[-1], label)
        assert device.study(readings.ravel(), label) == expected
    saved = device.console.ask("tintin save")
    assert saved["step"] > factory_step

    with pretrained_again(device, build):
        device.power_cycle()
        assert sum(IGNORED in line for line in device.console.lines) == 1
        assert device.console.ask("tintin info")["step"] == factory_step
        assert device.console.refusal("tintin load") == -116
    device.power_cycle()
    assert not any(IGNORED in line for line in device.console.lines)
    assert device.console.ask("tintin info")["step"] == saved["step"]
    assert device.console.ask("tintin save")["crc"] == saved["crc"]
