# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the stories. Twister's own `dut` starts the device; `device` adds the sensor."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from twister_harness import DeviceAdapter

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "scripts" / "src")]

from device import FLASH_SIZE, Device  # noqa: E402  (beside this file)

FACTORY = HERE.parents[1] / "app" / "models" / "digits.tt"


@pytest.fixture(autouse=True)
def empty_flash(device_object: DeviceAdapter) -> None:
    """QEMU's flash before the device starts: nothing was ever saved."""
    if device_object.device_config.type == "qemu":
        (Path(device_object.device_config.build_dir) / "flash.bin").write_bytes(bytes(FLASH_SIZE))


@pytest.fixture
def device(dut: DeviceAdapter) -> Iterator[Device]:
    """A device that knows nothing, its sensor at the beginning of a window."""
    device = Device(dut)
    if not device.simulated:
        device.console.ask("tintin reset")
    device.console.ask("tintin stats reset")
    device.resynchronise()
    yield device
    device.close()


@pytest.fixture(scope="session")
def factory_record() -> bytes:
    """The record that the application is built with."""
    return FACTORY.read_bytes()
