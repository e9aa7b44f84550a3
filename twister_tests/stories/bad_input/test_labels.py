# SPDX-License-Identifier: Apache-2.0
"""Wrong words at the shell: one clear error each, nothing learned, nothing lost."""

from __future__ import annotations

from device import Device
from patterns import pictures

EAGAIN, EINVAL, EDOM = -11, -22, -33


REFUSED = [
    ("10", EDOM),
    ("65535", EDOM),
    ("65536", EDOM),
    ("99999999999999999999", EDOM),
    ("-1", EDOM),
    ("seven", EDOM),
    ("3.5", EDOM),
    ("", EINVAL),
    ("3 seven", EINVAL),
    ("3 -1", EINVAL),
    ("3 4294967296", EINVAL),
    ("3 99", EAGAIN),
    ("3 4294967295", EAGAIN),
]


def test_bad_labels_are_refused_and_change_nothing(device: Device) -> None:
    device.teach(*next(zip(*pictures(1, seed=10), strict=True)))
    before = device.settled()
    for words, errno in REFUSED:
        assert device.console.refusal(f"tintin label {words}") == errno, words
    after = device.console.ask("tintin stats")
    assert (after["step"], after["labels"]) == (before["step"], before["labels"])


def test_there_is_nothing_to_predict_before_the_first_window(device: Device) -> None:
    device.power_cycle()
    assert device.console.refusal("tintin predict") == EAGAIN
    assert device.console.refusal("tintin label 1") == EAGAIN


def test_a_label_for_a_forgotten_window_is_refused(device: Device) -> None:
    x, _ = pictures(5, seed=11)
    for sample in x:
        device.show(sample)
    assert device.predict(x[0]) < 10
    assert device.console.refusal("tintin label 1 1") == EAGAIN


def test_a_word_too_many_is_refused_and_nothing_is_done(device: Device) -> None:
    device.teach(*next(zip(*pictures(1, seed=12), strict=True)))
    before = device.settled()
    for line in (
        "reset now",
        "load it",
        "save it",
        "label 1 1 1",
        "train rate 1 2",
        "stats reset x",
    ):
        assert device.console.refusal(f"tintin {line}") == EINVAL, line
        assert "more words than the command has" in device.console.text(f"tintin {line}"), line
    after = device.console.ask("tintin stats")
    assert {**after, "state": ""} == {**before, "state": ""}


def test_an_unknown_command_is_no_harm(device: Device) -> None:
    assert "no such command" in device.console.text("tintin frobnicate")
    assert device.console.refusal("tintin frobnicate") == EINVAL
    assert device.console.refusal("tintin train faster") == EINVAL
    assert "Usage: tintin label" in device.console.text("tintin")
    assert device.console.refusal("tintin stats everything") == EINVAL
    assert device.console.refusal("tintin sense away") == EINVAL
