# SPDX-License-Identifier: Apache-2.0
"""From this computer to a board, or to one in QEMU: its shell and its serial-fed sensor."""

from tintin.link.board import Board
from tintin.link.errors import DeviceError, LinkError
from tintin.link.qemu import FLASH_ADDRESS, FLASH_SIZE, Qemu
from tintin.link.sensor import SensorFeed
from tintin.link.shell import ShellClient

__all__ = [
    "FLASH_ADDRESS",
    "FLASH_SIZE",
    "Board",
    "DeviceError",
    "LinkError",
    "Qemu",
    "SensorFeed",
    "ShellClient",
]
