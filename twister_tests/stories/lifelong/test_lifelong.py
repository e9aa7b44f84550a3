# SPDX-License-Identifier: Apache-2.0
"""A device meets classes two at a time, and a power cut; a learner on the host lives the same."""

from __future__ import annotations

import numpy as np
from lessons import TASKS, exam, lessons

from tintin.data.dataset import Dataset
from tintin.lifelong import metrics
from twin import Twins

LESSONS = 60  # samples of a task, seen once
EXAM = 12  # samples of a task, never learned
POWER_CUT = 2  # the task before which it comes


def test_it_learns_new_classes_and_keeps_the_old_to_the_bits_of_the_host(
    twins: Twins, digits: Dataset
) -> None:
    accuracy = np.zeros((len(TASKS), len(TASKS)))
    for i, task in enumerate(TASKS):
        if i == POWER_CUT:
            twins.power_cycle()
        for sample, label in lessons(digits, task, LESSONS):
            twins.study(sample, label)
        accuracy[i] = [twins.exam(*exam(digits, other, EXAM)) for other in TASKS]
        twins.compare_metrics()
    twins.idle()
    twins.save()
    twins.compare_metrics()
    assert twins.device.console.ask("tintin learner")["open"] == 10
    # A network that knows the last two classes alone has 0.2 and 1.0.
    assert metrics.average_accuracy(accuracy) > 0.6
    assert metrics.forgetting(accuracy) < 0.4
