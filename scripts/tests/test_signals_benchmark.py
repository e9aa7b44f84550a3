# SPDX-License-Identifier: Apache-2.0
"""The benchmark of applications: both learners live alike, and its pages are its rows'."""

from __future__ import annotations

import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tintin.model import Dense, Model
from tintin.rate import Rate
from tintin.signals.application import NAMES, Application, load

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import results
import signals
import signals_cost
import signals_tables as tables
from signals_learners import DEVICES, FLOAT, OURS, Float, Integer
from signals_trials import BUILT, GOALS, TRIALS, some_of_each

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler: cc")

MODEL = Model((1, 1, 4), [Dense(8, relu=True), Dense(2)], input_exp=-5, rate=Rate.of(2**-5))


def blobs(n: int, seed: int, shift: int = 0) -> Any:
    """Two classes that lie apart, moved by `shift`."""
    rs = np.random.RandomState(seed)
    y = rs.randint(0, 2, n)
    x = np.array([[60, 0, 0, 9], [-60, 0, 30, -9]])[y] + rs.normal(0, 12, (n, 4)) + shift
    return np.clip(x, -127, 127).astype(np.int8), y.astype(np.uint16)


def at_rate(rate: float) -> Application:
    """An application whose devices learn at it, with the fraction bits of the factory."""
    application = load("bearing")
    return replace(application, training=replace(application.training, rate=2 * rate))


@pytest.mark.parametrize("engine", DEVICES)
def test_a_device_learns_in_its_factory_and_in_its_life(engine: str) -> None:
    device = DEVICES[engine](MODEL, 1)
    x, y = blobs(300, 1)
    device.learn(x, y, 2**-5)
    assert (device.predict(x) == y).mean() > 0.97
    sure = device.certainty(x)
    assert sure[y == 1].min() > sure[y == 0].max()
    device.ship(at_rate(2**-5), x[:20], y[:20])
    moved, labels = blobs(60, 2, shift=70)
    assert (device.predict(moved) == labels).mean() < 0.9
    device.live(moved[:40], labels[:40], 200)
    assert (device.predict(moved[40:]) == labels[40:]).mean() > 0.9
    assert (device.predict(x) == y).mean() > 0.9


def test_float_has_the_samples_in_its_buffer_that_the_learner_has() -> None:
    x, y = blobs(260, 3)
    ours, floats = Integer(MODEL, 5), Float(MODEL, 5)
    for device in (ours, floats):
        device.ship(at_rate(2**-7), x[:200], y[:200])
        device.live(x[200:], y[200:], 0)
    assert ours._learner is not None
    stored, labels, held = ours._learner.buffer()
    contents = floats._reservoir.contents()
    assert [label for _, label, _ in contents] == labels.tolist()
    assert [out for _, _, out in contents] == held.tolist()
    assert np.array_equal(np.stack([floats._samples[n] for n, _, _ in contents]), stored)


def test_some_of_each_is_even_over_the_classes_and_of_what_is_allowed() -> None:
    y = np.repeat(np.arange(9), 30).astype(np.uint16)
    allowed = np.tile(np.arange(30) < 10, 9)
    rows = some_of_each(y, allowed, 20, np.random.default_rng(1))
    assert len(set(rows.tolist())) == 20
    assert allowed[rows].all()
    assert sorted(np.bincount(y[rows]).tolist()) == [2] * 7 + [3] * 2


def test_the_pages_show_the_reference() -> None:
    rows = signals.reference()
    pages = tables.pages()
    assert {"signals.md", *(f"{name}.md" for name in NAMES)} <= {page.name for page in pages}
    for page in pages:
        assert tables.rendered(page.read_text(), rows) == page.read_text(), page
    for name in tables.tables(rows):
        assert any(tables.BEGIN.format(name) in page.read_text() for page in pages), name


def test_every_goal_was_measured_of_both_with_as_many_seeds_as_documented() -> None:
    rows = signals.reference()
    for goal in GOALS:
        for engine in (OURS,) if goal.figure.endswith(BUILT) else (OURS, FLOAT):
            wanted = (goal.trial, engine, goal.figure)
            (row,) = [r for r in rows if (r.method, r.engine, r.metric) == wanted]
            assert len(row.seeds) >= TRIALS[goal.trial].seeds


def test_a_goal_that_is_not_reached_is_told() -> None:
    rows = tables.rows_of(
        "activity", OURS, {1: {"official split": 90.0}, 2: {"official split": 91}}
    )
    assert tables.missed(rows) == ["activity: official split is 90.50, to be at least 91"]
    better = tables.rows_of("activity", OURS, {1: {"official split": 92.0}})
    assert tables.missed(better) == []
    assert tables.replaced(rows, better) == better
    assert tables.value_of(rows, "activity", OURS, tables.SPREAD + "official split") > 0.7


def test_the_page_shows_the_reference_of_steps_and_ram() -> None:
    rows = results.reference(signals_cost.SUITE)
    assert {row.network for row in rows} >= set(NAMES)
    text = signals_cost.PAGE.read_text()
    assert signals_cost.rendered(text, rows) == text


def test_a_step_that_is_not_much_cheaper_is_told() -> None:
    row = results.reference(signals_cost.SUITE)[0]
    assert row.network == NAMES[0]
    own = [r for r in results.reference(signals_cost.SUITE) if r.network == NAMES[0]]
    assert signals_cost.missed(own) == []
    dear = [
        replace(r, value=r.value * 9) if r.method == signals_cost.kept(NAMES[0]) else r for r in own
    ]
    assert len(signals_cost.missed(dear)) == 2
