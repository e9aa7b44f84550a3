# SPDX-License-Identifier: Apache-2.0
"""What makes it worse is undone, said, and undone on the host to the same bits."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from device import Device
from lessons import Lesson, exam, lessons

from tintin.data.dataset import Dataset
from twin import Twins

KNOWN = (0, 1, 2, 3)
EXAM = 40
HIGH = 64 / 32  # 64 times the rate of the factory record


@pytest.fixture
def taught(twins: Twins, digits: Dataset) -> Twins:
    """Both know four classes."""
    for sample, label in lessons(digits, KNOWN, 100):
        twins.study(sample, label)
    twins.save()
    return twins


def harm(twins: Twins, digits: Dataset, course: Iterable[Lesson]) -> None:
    """Go through it; afterwards it is no worse, and both have undone the same."""
    before = twins.exam(*exam(digits, KNOWN, EXAM))
    assert before > 0.8
    for sample, label in course:
        twins.study(sample, label)
    twins.save()
    twins.compare_metrics()
    assert twins.device.console.ask("tintin learner")["rollbacks"] > 0
    assert any("rolled back to step" in line for line in twins.device.console.lines)
    assert twins.exam(*exam(digits, KNOWN, EXAM)) >= before


def test_a_rate_64_times_too_high_is_undone(taught: Twins, digits: Dataset) -> None:
    taught.set_rate(HIGH)
    harm(taught, digits, lessons(digits, KNOWN, 80, skip=100))
    assert taught.device.console.ask("tintin learner")["slow"] > 0


def test_constant_labels_are_undone(taught: Twins, digits: Dataset) -> None:
    wrong = [(sample, 3) for sample, _ in lessons(digits, KNOWN, 80, skip=100)]
    harm(taught, digits, wrong)


def test_drift_of_the_input_is_noticed_and_said(taught: Twins, digits: Dataset) -> None:
    for sample, _ in lessons(digits, KNOWN, 60, skip=100):
        taught.show(16 - sample)
    taught.compare_metrics()
    assert sum(taught.device.console.ask("tintin learner")["alarms"]) > 0
    assert any("drift: the input's mean moved" in x for x in taught.device.console.lines)
    taught.save()


def test_an_exam_leaves_no_trace(taught: Twins, digits: Dataset) -> None:
    before = taught.device.console.ask("tintin metrics")
    taught.exam(*exam(digits, KNOWN, EXAM))
    assert taught.device.console.ask("tintin metrics") == before


def test_a_power_cut_costs_what_came_since_the_last_good_state(
    device: Device, taught: Twins, digits: Dataset
) -> None:
    labels = device.console.ask("tintin metrics")["labels"]
    for sample, label in lessons(digits, KNOWN, 50, skip=100):
        taught.study(sample, label)
    kept = device.console.ask("tintin stats")["saved_step"]
    device.power_cycle()
    assert device.console.ask("tintin info")["step"] == kept
    assert any("the learner goes on" in line for line in device.console.lines)
    assert labels < device.console.ask("tintin metrics")["labels"] < labels + 50
