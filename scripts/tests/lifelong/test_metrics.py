# SPDX-License-Identifier: Apache-2.0
"""The metrics, by hand and by Avalanche where it is installed."""

from __future__ import annotations

import numpy as np
import pytest

from tintin.lifelong import metrics

# Three tasks. The first falls from 0.9 to 0.5 by way of 1.0, the second from 0.8 to 0.7.
R = np.array([[0.9, 0.2, 0.1], [1.0, 0.8, 0.3], [0.5, 0.7, 0.6]])
BEFORE = np.array([0.1, 0.15, 0.05])


def test_average_accuracy_is_the_mean_of_the_last_row():
    assert metrics.average_accuracy(R) == pytest.approx((0.5 + 0.7 + 0.6) / 3)


def test_incremental_accuracy_averages_over_time_what_was_met_so_far():
    assert metrics.incremental_accuracy(R) == pytest.approx((0.9 + 0.9 + 0.6) / 3)


def test_forgetting_is_the_loss_since_a_task_was_learned():
    assert metrics.forgetting(R) == pytest.approx(((0.9 - 0.5) + (0.8 - 0.7)) / 2)
    assert metrics.backward_transfer(R) == pytest.approx(-0.25)


def test_peak_forgetting_is_the_loss_since_a_task_s_best():
    assert metrics.peak_forgetting(R) == pytest.approx(((1.0 - 0.5) + (0.8 - 0.7)) / 2)


def test_forward_transfer_is_what_was_known_of_a_task_before_it_came():
    assert metrics.forward_transfer(R, BEFORE) == pytest.approx(((0.2 - 0.15) + (0.3 - 0.05)) / 2)


def test_own_and_unadapted_accuracy_are_of_the_later_tasks():
    assert metrics.own_accuracy(R) == pytest.approx((0.8 + 0.6) / 2)
    assert metrics.later_accuracy(R) == pytest.approx((0.7 + 0.6) / 2)
    assert metrics.unadapted_accuracy(R) == pytest.approx((0.2 + 0.1) / 2)


def test_learning_better_than_nothing_forgotten_is_backward_transfer_above_zero():
    r = np.array([[0.5, 0.0], [0.7, 0.9]])
    assert metrics.backward_transfer(r) == pytest.approx(0.2)
    assert metrics.peak_forgetting(r) == pytest.approx(-0.2)


def test_one_task_forgets_nothing_and_transfers_nothing():
    r = np.array([[0.4]])
    assert metrics.average_accuracy(r) == metrics.own_accuracy(r) == 0.4
    assert metrics.forgetting(r) == metrics.peak_forgetting(r) == 0
    assert metrics.forward_transfer(r, np.array([0.1])) == 0


def test_prequential_accuracy_is_the_share_of_hits():
    assert metrics.prequential_accuracy(np.array([True, False, True, True])) == 0.75
    assert np.isnan(metrics.prequential_accuracy(np.zeros(0, bool)))


def test_the_area_under_learning_curves_is_their_mean():
    curves = [np.array([0.0, 0.5, 1.0]), np.array([0.2, 0.2, 0.8])]
    assert metrics.learning_curve_area(curves) == pytest.approx((0.5 + 0.4) / 2)


def test_a_matrix_that_is_not_square_has_no_forgetting():
    with pytest.raises(ValueError, match=r"\[tasks, tasks\], not \[2, 3\]"):
        metrics.forgetting(np.zeros((2, 3)))


@pytest.mark.parametrize("seed", range(5))
def test_avalanche_agrees(seed):
    reason = "avalanche (pip install avalanche-lib) is not installed"
    pytest.importorskip("avalanche", reason=reason)
    from avalanche.evaluation.metrics.forgetting_bwt import BWT, Forgetting  # noqa: PLC0415
    from avalanche.evaluation.metrics.forward_transfer import ForwardTransfer  # noqa: PLC0415

    rs = np.random.RandomState(seed)
    tasks = rs.randint(2, 8)
    r, before = rs.rand(tasks, tasks), rs.rand(tasks)
    forgetting, backward, forward = Forgetting(), BWT(), ForwardTransfer()
    for j in range(tasks):
        forward.update(j, before[j], initial=True)
    for i in range(tasks):
        for metric in (forgetting, backward):
            metric.update(i, r[i, i], initial=True)
            for j in range(i):
                metric.update(j, r[i, j])
        if i + 1 < tasks:
            forward.update(i + 1, r[i, i + 1])
    assert metrics.forgetting(r) == pytest.approx(np.mean(list(forgetting.result().values())))
    assert metrics.backward_transfer(r) == pytest.approx(np.mean(list(backward.result().values())))
    expected = np.mean(list(forward.result().values()))
    assert metrics.forward_transfer(r, before) == pytest.approx(expected)
