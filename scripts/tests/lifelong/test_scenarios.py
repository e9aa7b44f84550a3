# SPDX-License-Identifier: Apache-2.0
"""A scenario is made from its seed, the same on every computer."""

from __future__ import annotations

import numpy as np
import pytest

from tintin.data import digits
from tintin.lifelong.incremental import Course, class_incremental
from tintin.lifelong.reservoir import Reservoir

pytest.importorskip("sklearn", reason="the digits come with scikit-learn, not installed")


def test_a_class_incremental_life_shows_every_sample_once_and_no_class_twice():
    data = digits()
    scenario = class_incremental("digits", data, Course(32, 2**-5), seed=3)
    assert [len(set(stage.truth)) for stage in scenario.stages] == [2] * 5
    seen = np.concatenate([stage.truth for stage in scenario.stages])
    assert sorted(seen) == sorted(data.y_train)
    for stage, exam in zip(scenario.stages, scenario.exams, strict=True):
        assert set(stage.truth) == set(exam.y)
        assert (stage.labels == stage.truth).all()
    assert sum(len(exam.y) for exam in scenario.exams) == len(data.y_test)


def test_the_seed_decides_which_classes_come_first_and_in_what_order():
    one, same, other = (
        class_incremental("digits", digits(), Course(32, 2**-5), s) for s in (1, 1, 2)
    )
    assert all((a.x == b.x).all() for a, b in zip(one.stages, same.stages, strict=True))
    assert [set(s.truth) for s in one.stages] != [set(s.truth) for s in other.stages]


def test_the_reservoir_is_balanced_over_the_classes_however_they_come():
    reservoir = Reservoir(slots=40, classes=10, share=4, seed=1)
    for i in range(2000):
        reservoir.claim(i, i // 200)
    labels = [label for _, label, _ in reservoir.contents()]
    assert [labels.count(c) for c in range(10)] == [4] * 10
    assert reservoir.held == 10
    assert reservoir.present == 10


def test_what_is_held_out_is_never_drawn():
    reservoir = Reservoir(slots=40, classes=4, share=4, seed=7)
    for i in range(300):
        reservoir.claim(i, i % 4)
    held = {sample for sample, _, is_held in reservoir.contents() if is_held}
    drawn = {reservoir.draw() for _ in range(1000)}
    assert len(held) == 8
    assert len(drawn) == 32
    assert not held & drawn


def test_every_sample_ever_seen_is_as_likely_to_be_kept():
    kept = np.zeros(100)
    for seed in range(1, 401):
        reservoir = Reservoir(slots=10, classes=1, share=0, seed=seed * 2654435761 % 2**32)
        for i in range(100):
            reservoir.claim(i, 0)
        kept[[sample for sample, _, _ in reservoir.contents()]] += 1
    # 400 tries at 10 %: 40 expected, and 6 is one standard deviation
    assert kept.sum() == 4000
    assert kept[:50].sum() == pytest.approx(2000, abs=150)
    assert kept.max() < 40 + 5 * 6
