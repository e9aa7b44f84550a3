# SPDX-License-Identifier: Apache-2.0
"""What the flash holds is believed only when it is whole. QEMU only: it edits the flash."""

from __future__ import annotations

import struct
import zlib

import pytest
from device import FLASH_SIZE, Device
from patterns import pictures

from tintin.layers import Dense
from tintin.model import Model
from tintin.record import write

SLOT = FLASH_SIZE // 2
RECORD = 64  # offset in a slot


@pytest.fixture(autouse=True)
def only_where_flash_can_be_edited(device: Device) -> None:
    if not device.simulated:
        pytest.skip("a real board's flash cannot be edited from here")


def two_saves(device: Device) -> bytes:
    """Flash with step 1 in one slot and step 2 in the other."""
    for sample, label in zip(*pictures(2, seed=15), strict=True):
        device.teach(sample, int(label))
        device.settled()
        device.console.ask("tintin save")
    return device.keep_flash()


def flip(flash: bytes, offset: int) -> bytes:
    damaged = bytearray(flash)
    damaged[offset] ^= 0x40
    return bytes(damaged)


def mark(record: bytes, sequence: int) -> bytes:
    """A slot's mark: SPEC.md, "The store"."""
    crc = struct.unpack("<I", record[-4:])[0]
    words = struct.pack("<4I12x", 0x544F4C53, sequence, len(record), crc)
    return words + struct.pack("<I", zlib.crc32(words))


def test_a_damaged_newest_slot_gives_way_to_the_one_before(device: Device) -> None:
    flash = two_saves(device)
    device.restart_with_flash(flip(flash, SLOT + RECORD + 1000))
    assert device.console.ask("tintin info")["step"] == 1


def test_two_damaged_slots_are_reported_and_ignored(device: Device) -> None:
    flash = two_saves(device)
    device.restart_with_flash(flip(flip(flash, RECORD + 1000), SLOT + RECORD + 1000))
    assert device.console.ask("tintin info")["step"] == 0
    assert any("the saved record is ignored" in line for line in device.console.lines)
    device.teach(*next(zip(*pictures(1, seed=16), strict=True)))
    device.settled()
    device.console.ask("tintin save")
    device.power_cycle()
    assert device.console.ask("tintin info")["step"] == 1


def test_random_flash_is_no_record(device: Device) -> None:
    noise = pictures(FLASH_SIZE // 64, seed=17)[0].astype("u1").tobytes()
    device.restart_with_flash(noise)
    assert device.console.ask("tintin info")["step"] == 0


def test_the_record_of_another_network_is_reported_and_ignored(device: Device) -> None:
    other = write(Model(input=(8, 8, 1), layers=[Dense(10)]), 1)
    flash = bytearray(FLASH_SIZE)
    flash[:32] = mark(other, sequence=9)
    flash[RECORD : RECORD + len(other)] = other
    device.restart_with_flash(bytes(flash))
    assert any("a record of another network" in line for line in device.console.lines)
    assert device.console.ask("tintin info")["layers"] == 2
    assert device.console.refusal("tintin load") == -116
