# SPDX-License-Identifier: Apache-2.0
"""Worlds that change, made of small files of the real ones' form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tintin.data.gas import gas_drift
from tintin.data.subjects import subjects
from tintin.errors import DataError
from tintin.lifelong.agent import FLOAT, INTEGER, Setup
from tintin.lifelong.catalogue import scenario
from tintin.lifelong.life import live

BATCHES = (1, 2, 5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The three data sets, small and synthetic, each in its folder."""
    path, rs = tmp_path_factory.mktemp("data"), np.random.RandomState(0)
    for name, arrays in (
        ("gas_drift/gas_drift_8of10.npz", gas(rs)),
        ("cwru/cwru_12k_w1024.npz", cwru(rs)),
        ("hapt_raw/hapt_raw.npz", hapt(rs)),
    ):
        (path / name).parent.mkdir()
        np.savez(path / name, **arrays)
    return path


def gas(rs):
    """Six gases whose features move by a constant from batch to batch."""
    batch = np.repeat(BATCHES, 60)
    y = np.tile(np.arange(6), 30)
    centres = rs.randint(-4000, 4000, (6, 128))
    x = centres[y] + 700 * np.searchsorted(BATCHES, batch)[:, None] + rs.normal(0, 300, (180, 128))
    return {"X_slog": x.astype(np.int16), "y": y.astype(np.uint8), "batch": batch.astype(np.uint8)}


def cwru(rs):
    """Nine faults and "normal" at four loads, ten windows each."""
    load, y = np.repeat(np.arange(4), 100), np.tile(np.repeat(np.arange(10), 10), 4)
    split = np.tile([0] * 7 + [1] * 3, 40)
    centres = rs.randint(500, 4000, (10, 32))
    bands = centres[y] + 150 * load[:, None] + rs.normal(0, 60, (400, 32))
    return {"bands": bands.astype(np.int16), "y": y, "load": load, "split": split}


def hapt(rs):
    """Five people, six activities and a transition, overlapping windows of each."""
    sig, start, y, user = [], [], [], []
    for person in range(1, 6):
        for label in range(7):
            begin = sum(map(len, sig))
            level = rs.randint(-500, 500, 6) if label < 6 else 0
            sig.append((150 * label + level + rs.normal(0, 90, (64 * 16, 6))).astype(np.int16))
            start += range(begin, begin + 64 * 14, 64)
            y += [label] * 14
            user += [person] * 14
    split = (np.array(user) > 3).astype(np.uint8)
    return {
        "sig": np.concatenate(sig),
        "start": np.array(start, np.int32),
        "y": np.array(y, np.uint8),
        "user": np.array(user, np.uint8),
        "split": split,
    }


def test_gas_batches_come_in_order_and_are_centred_by_the_first(folder):
    batches = gas_drift(folder)
    assert [batch.number for batch in batches] == list(BATCHES)
    assert all(batch.x.dtype == np.int8 and batch.x.shape == (60, 128) for batch in batches)
    assert abs(batches[0].x.mean()) < 1
    assert batches[1].x.mean() > batches[0].x.mean()


def test_a_gas_file_without_a_field_is_refused(tmp_path):
    np.savez(tmp_path / "gas_drift_8of10.npz", y=np.zeros(3))
    with pytest.raises(DataError, match="no X_slog in it"):
        gas_drift(tmp_path)


def test_subjects_have_their_own_windows_and_no_transitions(folder):
    known, others = subjects(folder)
    assert [person.number for person in known] == [1, 2, 3]
    assert [person.number for person in others] == [4, 5]
    for person in (*known, *others):
        assert person.x.shape == (84, 30)
        assert sorted(set(person.y)) == list(range(6))


def rows_of(x):
    return {row.tobytes() for row in x}


@pytest.mark.parametrize("name", ["gas_drift", "bearing", "people", "new_person"])
def test_nothing_of_an_exam_is_ever_learned(folder, name):
    made = scenario(name, folder, 1)
    learned = rows_of(made.factory.x).union(*(rows_of(stage.x) for stage in made.stages))
    examined = set().union(*(rows_of(exam.x) for exam in made.exams))
    assert not learned & examined
    assert len(made.exams) == len(made.stages) + 1


@pytest.mark.parametrize("name", ["gas_drift", "bearing", "people", "new_person"])
def test_the_seed_decides_what_is_labelled(folder, name):
    one, same, other = (scenario(name, folder, seed) for seed in (1, 1, 2))
    for a, b in zip(one.stages, same.stages, strict=True):
        assert (a.x == b.x).all()
        assert (a.labels == b.labels).all()
    assert any(
        a.x.shape != b.x.shape or (a.x != b.x).any()
        for a, b in zip(one.stages, other.stages, strict=True)
    )


def test_a_load_has_twenty_labels_as_even_over_the_faults_as_can_be(folder):
    for stage in scenario("bearing", folder, 3).stages:
        counts = np.bincount(stage.labels, minlength=9)
        assert counts.sum() == 20
        assert set(counts) == {2, 3}


def test_a_person_labels_five_windows_an_activity(folder):
    for stage in scenario("new_person", folder, 3).stages:
        assert np.bincount(stage.labels).tolist() == [5] * 6


def test_a_gas_stage_is_the_whole_batch_but_its_exam(folder):
    made = scenario("gas_drift", folder, 1)
    assert [stage.name for stage in made.stages] == ["batch 2", "batch 5"]
    assert [len(stage.truth) for stage in made.stages] == [42, 42]
    assert [len(exam.y) for exam in made.exams] == [18, 18, 18]


@pytest.mark.parametrize("arithmetic", [INTEGER, FLOAT])
def test_a_device_learns_a_world_that_moved(folder, arithmetic):
    life = live(scenario("bearing", folder, 1), Setup("replay", arithmetic), 1)
    assert life.stages == ["factory", "load 1", "load 2", "load 3"]
    assert life.metrics["later_accuracy"] >= life.metrics["unadapted_accuracy"]
    assert life.metrics["later_accuracy"] > 0.9


def test_each_new_person_begins_with_the_factory_s_network(folder):
    made = scenario("new_person", folder, 1)
    life = live(made, Setup("replay", guard=False), 1)
    second = replace(made, stages=made.stages[1:], exams=made.exams[::2])
    only = live(second, Setup("replay", guard=False), 1)
    assert life.matrix[2, ::2].tolist() == only.matrix[1].tolist()
