# SPDX-License-Identifier: Apache-2.0
"""Lives on the digits: small, whole, and with a known end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tintin.data import digits
from tintin.errors import InputError
from tintin.learner import METHODS
from tintin.lifelong.agent import ARITHMETICS, FLOAT, INTEGER, Setup
from tintin.lifelong.campaign import Job, run
from tintin.lifelong.disturbances import label_noise, long_silence, recurring_drift
from tintin.lifelong.incremental import Course, class_incremental
from tintin.lifelong.life import live
from tintin.lifelong.rows import rows
from tintin.lifelong.scenario import NO_LABEL

pytest.importorskip("sklearn", reason="the digits come with scikit-learn, not installed")

FEW = 60  # samples a task


def short(seed=1):
    return class_incremental("digits", digits(), Course(32, 2**-5, FEW), seed)


@pytest.fixture(scope="module")
def whole():
    """Unguarded lives through all digits: naive and replay, in both arithmetics."""
    scenario = class_incremental("digits", digits(), Course(32, 2**-5), 1)
    setups = [Setup(m, a, guard=False) for m in ("naive", "replay") for a in ARITHMETICS]
    return {(s.method, s.arithmetic): live(scenario, s, 1) for s in setups}


@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_naive_learning_forgets_and_replay_does_not(whole, arithmetic):
    naive, replay = whole["naive", arithmetic], whole["replay", arithmetic]
    assert naive.metrics["average_accuracy"] < 0.3
    assert naive.metrics["forgetting"] > 0.7
    assert replay.metrics["average_accuracy"] > naive.metrics["average_accuracy"] + 0.55
    assert replay.metrics["forgetting"] < 0.2


def test_integers_replay_as_well_as_floats(whole):
    integer, floating = whole["replay", INTEGER], whole["replay", FLOAT]
    assert integer.metrics["average_accuracy"] == pytest.approx(
        floating.metrics["average_accuracy"], abs=0.06
    )


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("arithmetic", ARITHMETICS)
def test_every_method_lives_and_the_same_seed_is_the_same_life(method, arithmetic):
    one, same = (live(short(), Setup(method, arithmetic), 1) for _ in range(2))
    assert one.metrics == same.metrics
    assert (one.matrix == same.matrix).all()
    assert one.happenings == same.happenings
    assert one.matrix.shape == (5, 5)
    assert [len(hits) for hits in one.hits] == [FEW] * 5
    assert one.ends == [FEW, 2 * FEW, 3 * FEW, 4 * FEW, 5 * FEW]
    assert one.memory_bytes > 0


def test_the_last_row_of_the_matrix_is_the_average_accuracy():
    life = live(short(), Setup("ncm", guard=False), 1)
    assert life.metrics["average_accuracy"] == pytest.approx(life.matrix[-1].mean())
    assert life.matrix[-1].min() > 0.3


def test_another_seed_is_another_life():
    lives = [live(short(seed), Setup("replay"), seed) for seed in (1, 2)]
    assert (lives[0].matrix != lives[1].matrix).any()


def test_two_processes_find_what_one_finds():
    jobs = [Job("label_noise", Setup(m), 0) for m in ("naive", "replay")]
    alone = {life.setup: life.metrics for life in run(jobs, 1)}
    together = {life.setup: life.metrics for life in run(jobs, 2)}
    assert alone == together


def test_four_labels_in_ten_are_wrong_in_the_middle_of_label_noise():
    scenario = label_noise(digits(), 4)
    wrong = [(stage.labels != stage.truth).mean() for stage in scenario.stages]
    assert wrong[0] == wrong[2] == 0
    assert wrong[1] == pytest.approx(0.4, abs=0.09)


def test_a_guarded_learner_loses_little_to_a_time_of_wrong_labels():
    lives = [live(label_noise(digits(), seed), Setup("replay"), seed) for seed in range(3)]
    began, ended = (np.mean([life.matrix[row] for life in lives]) for row in (0, -1))
    assert ended > began - 0.05


def test_a_dirty_lens_is_noticed_and_learned():
    lives = [live(recurring_drift(digits(), seed), Setup("replay"), seed) for seed in range(2)]
    for life in lives:
        assert any(h.kind == "drift" for h in life.happenings)
        clean, dirty = life.exams.index("clean"), life.exams.index("dirty")
        assert life.matrix[-1, dirty] > life.matrix[0, dirty] + 0.05
        assert life.matrix[-1, clean] > life.matrix[0, clean] - 0.03


def test_a_long_silence_has_no_labels_and_costs_nothing():
    scenario = long_silence(digits(), 2)
    quiet = [stage for stage in scenario.stages if stage.name.startswith("silence")]
    assert len(quiet) == 3
    assert all((stage.labels == NO_LABEL).all() and stage.power_cycle for stage in quiet)
    life = live(scenario, Setup("replay"), 2)
    first, last = life.stages.index("labels"), life.stages.index("silence 3")
    assert life.matrix[last, 0] > life.matrix[first, 0] - 0.03


def test_power_cycles_change_no_bit():
    scenario = long_silence(digits(), 3)
    never = tuple(replace(stage, power_cycle=False) for stage in scenario.stages)
    with_cuts, without = (
        live(life, Setup("replay", drift=False), 3)
        for life in (scenario, replace(scenario, stages=never))
    )
    assert (with_cuts.matrix == without.matrix).all()


def test_rows_are_percent_with_their_spread_and_seeds():
    lives = [live(short(seed), Setup("naive"), seed) for seed in (0, 1)]
    found = {row.metric: row for row in rows(lives)}
    average = found["average_accuracy"]
    values = [100 * life.metrics["average_accuracy"] for life in lives]
    assert average.value == pytest.approx(np.mean(values), abs=1e-4)
    assert (average.least, average.most) == pytest.approx((min(values), max(values)), abs=1e-4)
    assert average.unit == "%"
    assert average.seeds == (0, 1)
    assert {"scenario", "method", "arithmetic", "metric", "value", "seeds"} <= set(
        average.as_dict()
    )


def test_an_unknown_method_or_arithmetic_is_refused():
    with pytest.raises(InputError, match="method magic: must be one of naive, replay"):
        Setup("magic")
    with pytest.raises(InputError, match="arithmetic int4: must be one of int8, float32"):
        Setup("replay", "int4")
