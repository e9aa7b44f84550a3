# SPDX-License-Identifier: Apache-2.0
"""The commands of the learner: what they answer, and what they refuse."""

from __future__ import annotations

import time

import pytest
from device import Device
from lessons import lessons

from tintin.data.dataset import Dataset
from tintin.learner import Options
from twin import options_of

EPERM, ENOENT, EINVAL, EDOM = -1, -2, -22, -33

REFUSED = [
    ("tintin learner set slots 3", ENOENT),  # fixes the memory
    ("tintin learner set method", ENOENT),
    ("tintin learner set burst 0", EINVAL),
    ("tintin learner set replays 256", EINVAL),
    ("tintin learner set burst 65536", EINVAL),
    ("tintin learner set burst many", EINVAL),
    ("tintin learner set doubt 256", EINVAL),
    ("tintin learner set hits_bound 101", EINVAL),
    ("tintin learner set drift_loss_threshold 0", EINVAL),
    ("tintin learner set drift_loss_threshold 4194305", EINVAL),
    ("tintin learner set drift_loss_threshold 4294967296", EINVAL),
    ("tintin learner set drift_offset_delta 65537", EINVAL),
    ("tintin learner method nearest", ENOENT),
    ("tintin learner method latent top", EINVAL),
    ("tintin learner method latent 0", EPERM),
    ("tintin learner method latent 2 3", EINVAL),
    ("tintin learner status now", EINVAL),
    ("tintin learner set burst 1 2", EINVAL),
    ("tintin metrics all", EINVAL),
    ("tintin erase 1 2", EINVAL),
    ("tintin learner close", EINVAL),
    ("tintin learner close 10", EDOM),
    ("tintin learner nothing", EINVAL),
    ("tintin erase", EINVAL),
    ("tintin erase 10", EDOM),
    ("tintin erase some", EINVAL),
    ("tintin train idle soon", EINVAL),
    ("tintin train idle 4000001", EINVAL),
]


@pytest.fixture
def taught(device: Device, digits: Dataset) -> Device:
    for sample, label in lessons(digits, (0, 1), 24):
        device.study(sample, label)
    return device


def test_wrong_words_are_refused_and_change_nothing(taught: Device) -> None:
    before = taught.console.ask("tintin learner")
    options = taught.console.ask("tintin learner set")
    for words, errno in REFUSED:
        assert taught.console.refusal(words) == errno, words
    assert taught.console.ask("tintin learner") == before
    assert taught.console.ask("tintin learner set") == options


def test_options_are_set_until_the_next_start(taught: Device, digits: Dataset) -> None:
    assert taught.console.ask("tintin learner set replays")["replays"] == 7
    assert taught.console.ask("tintin learner set replays 3")["replays"] == 3
    assert taught.console.ask("tintin learner set")["replays"] == 3
    before = taught.console.ask("tintin learner")["steps"]
    taught.study(*lessons(digits, (0, 1), 1, skip=24)[0])
    assert taught.console.ask("tintin learner")["steps"] - before <= 4
    taught.console.ask("tintin save")
    taught.power_cycle()
    assert taught.console.ask("tintin learner set replays")["replays"] == 7


def test_what_the_build_does_not_set_is_the_default_of_every_learner(device: Device) -> None:
    told, default = options_of(device), Options().filled()
    assert told.guard == default.guard
    assert told.drift == default.drift
    for name in ("replays", "imprint", "burst", "period", "pull_log2", "pull_every", "memory"):
        assert getattr(told, name) == getattr(default, name), name


def test_a_drift_threshold_may_be_any_number_of_its_range(device: Device) -> None:
    for value in (1, 70_000, 4_194_304):
        name = "drift_loss_threshold"
        assert device.console.ask(f"tintin learner set {name} {value}")[name] == value


def test_samples_are_erased_by_class_or_all(taught: Device) -> None:
    held = taught.console.ask("tintin learner")["per_class"]
    assert held[0][1] > 0
    assert held[1][1] > 0
    assert taught.console.ask("tintin erase 1")["samples"] == held[0][1]
    assert taught.console.ask("tintin erase all")["samples"] == 0


def test_a_closed_class_is_not_predicted_until_a_label_opens_it(
    taught: Device, digits: Dataset
) -> None:
    (sample, label), *_ = lessons(digits, (1,), 1, skip=24)
    assert taught.console.ask(f"tintin learner close {label}")["open"] == 9
    assert taught.predict(sample) != label
    taught.study(sample, label)
    taught.console.wait_for(f"class {label} opened")
    assert taught.console.ask("tintin learner")["open"] == 10


def test_it_learns_from_the_buffer_when_there_is_time(taught: Device) -> None:
    before = taught.console.ask("tintin learner")["replayed"]
    taught.console.ask("tintin train idle")
    taught.settled()
    told = taught.console.ask("tintin learner")["replayed"]
    assert told == before + taught.console.ask("tintin learner set idle_steps")["idle_steps"]
    assert taught.console.ask("tintin train idle 1")["idle_after"] == 1
    deadline = time.monotonic() + 20
    while taught.console.ask("tintin learner")["replayed"] == told:
        assert time.monotonic() < deadline, "it never learned by itself"
    assert taught.console.ask("tintin train idle 0")["idle_after"] == 0


def test_every_command_of_the_learner_has_help(device: Device) -> None:
    leaves = [
        "learner status",
        "learner set",
        "learner method",
        "learner close",
        "metrics",
        "erase",
        "train idle",
    ]
    for leaf in leaves:
        said = device.console.text(f"tintin {leaf} --help")
        assert f"Usage: tintin {leaf.removesuffix(' status')}" in said, leaf


def test_every_command_of_the_learner_answers_in_words_too(taught: Device) -> None:
    console = taught.console
    said = console.text("tintin learner")
    assert "replay: 10 of 10 classes open" in said
    assert "held out for the guard" in said
    assert "drift alarms: loss 0" in said
    assert "right before learning" in console.text("tintin metrics")
    assert "burst 256" in console.text("tintin learner set")
    assert "erased; 10 classes open, 0 samples" in console.text("tintin erase all")
    assert "learns from the buffer when told to" in console.text("tintin train idle 0")
