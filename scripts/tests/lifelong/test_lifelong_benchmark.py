# SPDX-License-Identifier: Apache-2.0
"""doc/lifelong.md shows what was measured, and what was measured reaches what was promised."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[3] / "benchmarks"))
import lifelong
import results
from lifelong_tables import Table, reached, rendered, tables
from lifelong_trials import GOALS, LEARNERS, TRIALS

ROWS = json.loads(lifelong.REFERENCE.read_text())
DOCUMENT = lifelong.DOCUMENT.read_text()


def test_the_document_s_tables_are_those_of_the_measured_rows():
    assert rendered(DOCUMENT, ROWS) == DOCUMENT


def test_every_measured_scenario_has_its_table_and_every_table_is_measured():
    shown = set(re.findall(r"<!-- made by benchmarks/lifelong.py: (\w+) -->", DOCUMENT))
    assert shown == set(tables(ROWS))


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.text)
def test_figures_to_reach_are_reached_by_ten_seeds(goal):
    table = Table.of(ROWS)
    assert reached(goal, table) >= goal.least
    used = [(goal.learner, goal.metric)]
    if goal.minus is not None:
        used.append((goal.minus[1], goal.minus[0]))
    for learner, metric in used:
        row = table.get(goal.scenario, learner, metric)
        assert row is not None
        assert row["seeds"] == list(range(10))


def test_learners_are_compared_on_the_same_seeds():
    for name, trial in TRIALS.items():
        seeds = {tuple(row["seeds"]) for row in ROWS if row["scenario"] == name}
        learners = {row["learner"] for row in ROWS if row["scenario"] == name}
        assert len(seeds) <= 1
        assert learners <= set(trial.learners) <= set(LEARNERS)


def test_a_change_of_one_row_shows(tmp_path):
    changed = [dict(row) for row in ROWS]
    shown = next(iter(TRIALS[changed[0]["scenario"]].columns))
    row = next(r for r in changed if r["metric"] == shown)
    row["value"] += 1
    assert rendered(DOCUMENT, changed) != DOCUMENT


def test_links_of_the_document_lead_somewhere():
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", DOCUMENT):
        assert (lifelong.DOCUMENT.parent / link).exists(), link


def test_a_short_run_writes_rows_as_the_other_benchmarks_do(tmp_path, monkeypatch, capsys):
    pytest.importorskip("sklearn", reason="the digits come with scikit-learn, not installed")
    monkeypatch.setattr(results, "BUILD", tmp_path)
    monkeypatch.setattr(sys, "argv", ["lifelong.py", "label_noise", "--seeds", "1"])
    assert lifelong.main() == 0
    found = results.load(tmp_path / "lifelong.json")
    assert {row.method for row in found} == set(LEARNERS)
    assert {row.engine for row in found} == {"tintin", "float32 NumPy"}
    assert all(row.seeds == [0] for row in found)
    assert "plain replay, float32" in capsys.readouterr().out
