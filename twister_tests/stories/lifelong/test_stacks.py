# SPDX-License-Identifier: Apache-2.0
"""Stacks with room to spare: each command, a rollback, saves, and another method."""

from __future__ import annotations

import re

from device import Device
from lessons import lessons

from tintin.data.dataset import Dataset

USE = re.compile(r"0x[0-9a-f]+ (\S+).*usage\s+(\d+) /\s+(\d+)")
COMMANDS = (
    *("info", "predict", "stats", "train status", "train rate 0.05", "train idle", "learner"),
    *("learner set", "learner set burst 128", "metrics", "sense", "save", "load", "erase 1"),
    *("learner close 1", "learner method ncm", "learner method replay", "nothing", "reset"),
)
MOST_USED = 0.8


def used(device: Device) -> dict[str, float]:
    """Share of each thread's stack that was ever used."""
    said = device.console.text("kernel stacks")
    return {m[1]: int(m[2]) / int(m[3]) for m in map(USE.search, said.splitlines()) if m}


def test_no_stack_is_used_to_more_than_four_fifths(device: Device, digits: Dataset) -> None:
    course = lessons(digits, (0, 1, 2, 3), 100)
    for sample, label in course:
        device.teach(sample, label)
    device.console.ask("tintin train rate 4")
    for sample, label in course:
        device.teach(sample, label)
    device.settled()
    for command in COMMANDS:
        device.console.text(f"tintin {command}")
        device.console.text(f"tintin {command} -j")
    stacks = used(device)
    assert {"main", "shell_uart", "tintin_learn_id", "sysworkq"} <= stacks.keys()
    assert all(share < MOST_USED for share in stacks.values()), stacks
