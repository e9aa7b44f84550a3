# SPDX-License-Identifier: Apache-2.0
"""A saved learner that cannot be gone on with costs no weight. QEMU only: it edits the flash."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

import pytest
from device import Device
from lessons import lessons

from tintin.data.dataset import Dataset
from tintin.link.store import Saved, newest


@pytest.fixture
def saved(device: Device, digits: Dataset) -> Saved:
    """What a device saved that had learned a little."""
    if not device.simulated:
        pytest.skip("a real board's flash cannot be edited from here")
    for sample, label in lessons(digits, (0, 1), 40):
        device.study(sample, label)
    device.console.ask("tintin save")
    return newest(device.keep_flash())


def slot(saved: Saved, learner: bytes | None) -> bytes:
    """A slot with that record, and that learner beside it: SPEC.md, "The store"."""
    beside = b""
    if learner is not None:
        padding = b"\xff" * (-len(learner) % 4)
        beside = struct.pack("<4sI", b"TLRN", len(learner)) + learner + padding
    crcs = (zlib.crc32(saved.record[:-4]), len(beside), zlib.crc32(beside))
    words = struct.pack("<7I", 0x544F4C53, saved.sequence + 1, len(saved.record), *crcs, 0)
    mark = words + struct.pack("<I", zlib.crc32(words))
    record = saved.record + b"\xff" * (-len(saved.record) % 4)
    return mark + bytes([0xFF]) * 32 + record + beside


def restart_with(device: Device, content: bytes) -> None:
    flash = bytearray(device.keep_flash())
    flash[: len(content)] = content
    flash[len(flash) // 2 :] = bytes(len(flash) // 2)
    device.restart_with_flash(bytes(flash))


def damaged(memory: bytes) -> bytes:
    return memory[:600] + bytes([memory[600] ^ 0x10]) + memory[601:]


def shorter(memory: bytes) -> bytes:
    return memory[:-4]


@pytest.mark.parametrize("change", [damaged, shorter])
def test_a_learner_that_does_not_fit_begins_anew_over_the_saved_weights(
    device: Device, saved: Saved, digits: Dataset, change: Callable[[bytes], bytes]
) -> None:
    step = device.console.ask("tintin info")["step"]
    restart_with(device, slot(saved, change(saved.companions["TLRN"])))
    assert any("it begins anew" in line for line in device.console.lines)
    assert device.console.ask("tintin info")["step"] == step > 0
    assert device.console.ask("tintin learner")["labels"] == 0
    device.study(*lessons(digits, (0, 1), 1)[0])
    assert device.console.ask("tintin learner")["labels"] == 1


def test_a_record_without_a_learner_gets_one(device: Device, saved: Saved) -> None:
    restart_with(device, slot(saved, None))
    assert not any("begins anew" in line for line in device.console.lines)
    assert device.console.ask("tintin learner")["labels"] == 0
