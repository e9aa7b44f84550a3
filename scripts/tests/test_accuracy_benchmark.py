# SPDX-License-Identifier: Apache-2.0
"""The accuracy benchmark: what it tunes on, what it counts, and that its tables are its rows'."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tintin.errors import DataError
from tintin.model import Dense, Model

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import accuracy
import accuracy_report as report
from accuracy_methods import METHODS, Method
from accuracy_runs import Bench, Result, run, tuned
from accuracy_tasks import TASKS, Material, Samples, Task

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler: cc")

DIGITS, FLOAT, OURS = TASKS["digits"], METHODS["float"], METHODS["tintin-8"]


def blobs(n, seed):
    """Three classes that lie apart."""
    rs = np.random.RandomState(seed)
    y = rs.randint(0, 3, n)
    centres = np.array([[60, 0, 0, 9], [0, 60, 0, -9], [0, 0, 60, 0]])
    x = np.clip(centres[y] + rs.normal(0, 12, (n, 4)), -127, 127)
    return Samples(x.astype(np.int8), y.astype(np.uint16))


def model():
    return Model((1, 1, 4), [Dense(8, relu=True), Dense(3)], input_exp=-5)


MATERIAL = Material(blobs(300, 1), {"": blobs(200, 2)})
TASK = Task(
    "blobs", "MLP 4-8-3", model, lambda data_dir: MATERIAL, 2, 100, 2.0**-5, tuning_seeds=(0,)
)


@pytest.mark.parametrize("name", METHODS)
def test_every_method_learns_what_is_easy(name):
    method = METHODS[name]
    setting = method.start or 2.0**-5
    assert run(Bench(TASK, method), MATERIAL, 1, setting).accuracy > 95


@pytest.mark.parametrize("name", METHODS)
def test_a_seed_gives_one_result_and_another_seed_another(name):
    bench = Bench(replace(TASK, epochs=1), METHODS[name])
    short = Material(blobs(20, 1), {"": blobs(500, 2)})
    results = [run(bench, short, seed, METHODS[name].start or 2.0**-7) for seed in (1, 1, 2, 3)]
    assert results[0] == results[1]
    assert len({result.accuracy for result in results}) > 1


def test_the_accuracy_is_the_mean_of_the_test_s_parts():
    assert Result({"a": 90.0, "b": 70.0}).accuracy == 80


def test_held_out_samples_are_the_last_and_never_learned_from():
    held = TASK.tuning_material(MATERIAL)
    assert (held.tests["held out"].x == MATERIAL.train.x[-100:]).all()
    assert (held.train.y == MATERIAL.train.y[:-100]).all()
    fewer = replace(TASK, tuning_samples=50).tuning_material(MATERIAL)
    assert len(fewer.train) == 50
    assert len(fewer.tests["held out"]) == 100


class Pretender:
    """Right in as many of the held-out samples as its setting says."""

    def __init__(self, model, seed, setting):
        self.setting = setting

    def learn(self, x, y):
        pass

    def predict(self, x):
        y = TASK.tuning_material(MATERIAL).tests["held out"].y.copy()
        y[SCORES[self.setting] :] += 1
        return y


SCORES = {}


@pytest.mark.parametrize(
    ("scores", "best", "tried"),
    [
        ([5, 10, 20, 30, 25, 10], 4, [2, 3, 4, 5]),
        ([50, 40, 30, 20, 10, 0], 1, [1, 2, 3, 4]),
        ([0, 10, 40, 40, 40, 10], 4, [2, 3, 4, 5, 6]),
        ([9, 9, 9, 9, 9, 9], 4, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_the_search_ends_where_both_neighbours_are_worse(scores, best, tried):
    grid = (1, 2, 3, 4, 5, 6)
    SCORES.update(zip(grid, scores, strict=True))
    pretend = Method("x", "x", Pretender, grid=grid, start=3)
    setting, found = tuned(Bench(TASK, pretend), MATERIAL)
    assert setting == best
    assert list(found) == tried
    assert all(found[s] == pytest.approx(SCORES[s]) for s in found)


def rows_of(method, values, setting=0.125):
    found = {seed: Result({"": value}) for seed, value in enumerate(values, 1)}
    return report.result_rows(DIGITS, method, setting, found)


def test_a_mean_too_far_below_float_fails_and_names_the_set():
    rows = rows_of(FLOAT, [97.5] * 3) + rows_of(OURS, [97.1] * 3)
    assert accuracy.failures(rows) == [
        "digits: tintin-8 is 0.40 points below float32, standard error 0.00"
    ]
    rows = rows_of(FLOAT, [97.5] * 3) + rows_of(OURS, [97.3] * 3)
    assert accuracy.failures(rows) == []


def test_scatter_of_the_seeds_is_no_failure_but_what_is_beyond_it_is():
    floats = rows_of(FLOAT, [97.0, 98.0])  # standard error of the mean 0.5
    assert accuracy.failures(floats + rows_of(OURS, [96.8, 96.8])) == []
    assert len(accuracy.failures(floats + rows_of(OURS, [96.6, 96.6]))) == 1


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_the_reference_results_of_8_fraction_bits_are_within_0_3_points_of_float(task):
    gap = report.behind(accuracy.reference(), task, OURS)
    assert gap is not None
    assert gap <= accuracy.POINTS


def test_the_table_shows_mean_spread_range_and_setting():
    text = report.tables(rows_of(FLOAT, [97.0, 98.0, 96.0]) + rows_of(METHODS["niti"], [90.0], 2))
    assert "| digits, MLP 64-32-10, 20 passes, 1-3 seeds | 97.00 ± 1.00 [96.00 to 98.00] |" in text
    assert "90.00 [90.00 to 90.00]" in text
    assert "| digits | 2^-3 | 2 |" in text


def test_new_rows_take_the_place_of_the_same_set_and_method_only():
    old = rows_of(FLOAT, [97.0, 98.0]) + rows_of(OURS, [96.0, 96.5])
    new = rows_of(OURS, [97.5], 0.25)
    rows = report.replaced(old, new)
    assert [row for row in rows if row.method == "float"] == old[: len(old) // 2]
    assert [row for row in rows if row.method == "tintin-8"] == new
    assert report.setting_of(rows, DIGITS, OURS) == 0.25


def test_each_test_part_has_a_mean_of_its_own():
    found = {1: Result({"a": 90.0, "b": 70.0}), 2: Result({"a": 80.0, "b": 70.0})}
    rows = report.result_rows(DIGITS, FLOAT, 0.5, found)
    values = {row.metric: row.value for row in rows if row.metric.startswith(report.MEAN)}
    assert values == {report.MEAN: 77.5, f"{report.MEAN}, a": 85, f"{report.MEAN}, b": 70}


def test_a_set_that_is_not_there_is_skipped_with_one_line(monkeypatch, capsys):
    def absent(data_dir):
        raise DataError("no such data")

    monkeypatch.setitem(accuracy.TASKS, "blobs", replace(TASK, material=absent))
    assert list(accuracy.materials(["blobs"], None)) == []
    assert capsys.readouterr().err == "blobs: skipped, no such data\n"


def test_the_readme_holds_the_tables_of_the_reference_results():
    text = accuracy.README.read_text()
    section = text.split(accuracy.BEGIN)[1].split(accuracy.END)[0].strip()
    assert section == report.tables(accuracy.reference())
