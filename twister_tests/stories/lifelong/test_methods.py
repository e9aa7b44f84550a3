# SPDX-License-Identifier: Apache-2.0
"""Every method lives in the firmware as it does on the host: predictions, record and memory."""

from __future__ import annotations

import numpy as np
import pytest
from device import Device
from lessons import exam, lessons

from tintin.data.dataset import Dataset
from tintin.engine import ALL, Train
from tintin.learner_options import METHODS
from twin import Twins

TASKS = [(0, 1), (2, 3)]
LESSONS = 40  # samples of a task
EXAM = 20
ENOENT = -2


LATENT = (1,)  # layers that learn above a frozen one


def begin(device: Device, record: bytes, method: str) -> Twins:
    """Both with this method, no class open."""
    train: Train = LATENT if method == "latent" else ALL
    mask = "" if train == ALL else sum(1 << layer for layer in LATENT)
    assert device.console.ask(f"tintin learner method {method} {mask}")["method"] == method
    twins = Twins(device, record, train)
    twins.close_classes()
    return twins


@pytest.mark.parametrize("method", METHODS)
def test_a_method_is_the_same_in_the_firmware_and_on_the_host(
    device: Device, factory_record: bytes, digits: Dataset, method: str
) -> None:
    twins = begin(device, factory_record, method)
    for task in TASKS:
        for sample, label in lessons(digits, task, LESSONS):
            twins.study(sample, label)
        hits = [twins.exam(*exam(digits, seen, EXAM)) for seen in TASKS]
    twins.compare_metrics()
    twins.save()
    assert hits[-1] >= 0.5, "what it learned last, of ten classes"
    assert device.console.ask("tintin learner")["open"] == 4
    if method in ("replay", "latent", "ncm"):
        assert np.mean(hits) > 0.6, "what it learned first is not forgotten"


def test_a_method_is_until_the_next_start_and_the_network_stays(
    device: Device, factory_record: bytes, digits: Dataset
) -> None:
    twins = begin(device, factory_record, "last_layer")
    for sample, label in lessons(digits, TASKS[0], LESSONS):
        twins.study(sample, label)
    twins.save()
    step = device.console.ask("tintin info")["step"]
    assert step > 0
    device.power_cycle()
    assert any("it begins anew" in line for line in device.console.lines)
    assert device.console.ask("tintin learner")["method"] == "replay"
    assert device.console.ask("tintin info")["step"] == step
    assert device.console.refusal("tintin learner method nearest") == ENOENT
    assert device.console.ask("tintin learner method last_layer")["method"] == "last_layer"
    assert device.console.ask("tintin learner")["labels"] == LESSONS, (
        "it goes on with what it saved"
    )
