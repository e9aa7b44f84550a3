# SPDX-License-Identifier: Apache-2.0
"""What was saved is there after a power cycle; what was not saved is gone."""

from __future__ import annotations

from device import Device
from patterns import features, pictures

from tintin.engine import Network


def test_training_goes_on_as_if_the_power_had_never_been_cut(
    device: Device, factory_record: bytes
) -> None:
    x, labels = pictures(60, seed=6)
    for i, (sample, label) in enumerate(zip(x, labels, strict=True)):
        device.teach(sample, int(label))
        if i == len(x) // 2:
            assert device.settled()["step"] == i + 1
            device.console.ask("tintin save")
            device.power_cycle()
            assert device.console.ask("tintin info")["step"] == i + 1
    device.settled()
    host = Network(factory_record)
    host.learn_many(features(x), labels)
    assert device.console.ask("tintin save")["crc"] == host.save()[-4:][::-1].hex()


def test_what_was_not_saved_is_gone(device: Device) -> None:
    x, labels = pictures(4, seed=7)
    device.teach(x[0], int(labels[0]))
    device.settled()
    device.console.ask("tintin save")
    device.teach(x[1], int(labels[1]))
    device.settled()
    device.power_cycle()
    assert device.console.ask("tintin info")["step"] == 1


def test_load_undoes_what_was_learned_since_the_save(device: Device) -> None:
    x, labels = pictures(2, seed=8)
    assert device.console.refusal("tintin load") == -2
    device.teach(x[0], int(labels[0]))
    device.settled()
    device.console.ask("tintin save")
    device.teach(x[1], int(labels[1]))
    device.settled()
    assert device.console.ask("tintin load")["step"] == 1


def test_reset_forgets_for_good(device: Device) -> None:
    x, labels = pictures(1, seed=9)
    device.teach(x[0], int(labels[0]))
    device.settled()
    device.console.ask("tintin save")
    assert device.console.ask("tintin reset")["step"] == 0
    device.power_cycle()
    assert device.console.ask("tintin info")["step"] == 0
