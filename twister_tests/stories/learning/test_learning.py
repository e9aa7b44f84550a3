# SPDX-License-Identifier: Apache-2.0
"""A device that knows nothing is shown pictures and told what they are."""

from __future__ import annotations

from device import Device
from patterns import features, pictures

from tintin.engine import Network


def test_it_learns_what_it_is_told_to_the_bits_of_the_host(
    device: Device, factory_record: bytes
) -> None:
    x, labels = pictures(400, seed=2)
    device.console.ask("tintin train rate 0.125")
    for sample, label in zip(x, labels, strict=True):
        device.teach(sample, int(label))
    stats = device.settled()
    saved = device.console.ask("tintin save")

    host = Network(factory_record)
    host.set_rate(0.125)
    hits = host.learn_many(features(x), labels)
    assert stats["learned"] == stats["step"] == len(x)
    assert stats["hits"] == hits
    assert saved["crc"] == host.save()[-4:][::-1].hex()

    test_x, test_labels = pictures(30, seed=3)
    predicted = [device.predict(sample) for sample in test_x]
    assert predicted == host.predict_many(features(test_x)).tolist()
    assert sum(p == t for p, t in zip(predicted, test_labels, strict=True)) >= 27


def test_every_command_has_help(device: Device) -> None:
    commands = ["info", "predict", "label", "stats", "save", "load", "reset", "sense"]
    leaves = [f"tintin {name}" for name in commands]
    leaves += [f"tintin train {name}" for name in ["on", "off", "rate", "status"]]
    for leaf in leaves:
        assert f"Usage: {leaf}" in device.console.text(f"{leaf} --help"), leaf


def test_every_command_answers_in_words_too(device: Device) -> None:
    device.teach(*next(zip(*pictures(1, seed=4), strict=True)))
    device.settled()
    console = device.console
    assert "10 classes" in console.text("tintin info")
    assert "window 1: class " in console.text("tintin predict")
    assert "1 learned" in console.text("tintin stats")
    assert "to learn" in console.text("tintin label 3")
    assert "learning on, rate 0.03125" in console.text("tintin train status")
    assert "saved step" in console.text("tintin save")


def test_the_rate_is_set_as_a_decimal_number(device: Device) -> None:
    assert device.console.ask("tintin train rate 0.1")["rate"] == "0.1015625"
    assert device.console.ask("tintin info")["rate"] == "0.1015625"
    for bad in ("0", "abc", "-1", "1000", "0.1x", ""):
        assert device.console.refusal(f"tintin train rate {bad}") == -22, bad
    assert device.console.ask("tintin train status")["rate"] == "0.1015625"


def test_learning_switched_off_refuses_labels(device: Device) -> None:
    device.show(pictures(1, seed=5)[0][0])
    assert device.console.ask("tintin train off")["train"] is False
    assert device.console.refusal("tintin label 1") == -1
    assert device.console.ask("tintin stats")["state"] == "frozen"
    assert device.console.ask("tintin train on")["train"] is True
    assert device.console.ask("tintin label 1")["queued"] == 1
