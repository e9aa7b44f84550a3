# SPDX-License-Identifier: Apache-2.0
"""A build without the learner learns from labels as any other, and holds no byte of a learner."""

from __future__ import annotations

import re

from device import Device
from image import symbols

LEARNER = re.compile(r"^(tintin|tt)_(learner|replay|drift|guard|teacher|ewc|method)")


def test_there_is_no_command_of_a_learner(device: Device) -> None:
    said = device.console.text("tintin help")
    assert "label" in said
    for command in ("learner", "metrics", "erase"):
        assert f"Usage: tintin {command}" not in said
    assert "Usage: tintin train idle" not in device.console.text("tintin train")


def test_no_byte_of_a_learner_is_in_the_image(device: Device) -> None:
    names = symbols(device.build_dir)
    assert "tintin_study_teach" in names
    assert [name for name in names if LEARNER.match(name)] == []
