# SPDX-License-Identifier: Apache-2.0
"""A build without training predicts as any other, and holds no byte of training."""

from __future__ import annotations

import re

from device import Device
from image import symbols
from patterns import features, pictures

from tintin.engine import NONE, Network, arena_size

TRAINING = re.compile(r"^(tintin_learn|tt_\w*(update|backward|gradient|dither|master))")


def test_it_predicts_what_the_host_predicts(device: Device, factory_record: bytes) -> None:
    x, _ = pictures(20, seed=18)
    host = Network(factory_record, train=NONE)
    assert [device.predict(sample) for sample in x] == host.predict_many(features(x)).tolist()


def test_there_is_no_command_to_learn_with(device: Device) -> None:
    said = device.console.text("tintin help")
    assert "predict" in said
    assert "label" not in said
    assert "train" not in said
    assert device.console.ask("tintin info")["train"] is False
    assert device.console.ask("tintin stats")["state"] == "frozen"


def test_it_takes_the_arena_of_a_prediction(device: Device, factory_record: bytes) -> None:
    need = device.console.ask("tintin info")["arena_need"]
    assert need == arena_size(factory_record, train=NONE)


def test_no_byte_of_training_is_in_the_image(device: Device) -> None:
    left = [name for name in symbols(device.build_dir) if TRAINING.match(name)]
    assert left == []
