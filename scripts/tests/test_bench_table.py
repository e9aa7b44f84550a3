# SPDX-License-Identifier: Apache-2.0
"""The documents show the committed figures, and these are what is measured."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import instructions_measure as measuring
import instructions_tables as tables
import results
from instructions_measure import CORES, SUBJECTS, SUITE, Lesson, measure
from instructions_networks import CASES
from results import Row

RENEW = "python benchmarks/instructions.py --commit renews it"
DIGITS, M3 = "MLP 64-32-10", "cortex-m3"


@pytest.mark.parametrize("document", [tables.README, tables.DETAILS], ids=["README", "benchmarks"])
def test_a_document_shows_what_is_committed(document):
    assert document.read_text() == tables.documents()[document], RENEW


def test_the_reference_is_complete():
    rows = results.reference(SUITE)
    keys = [(r.network, r.target, r.engine, r.method, r.metric) for r in rows]
    assert len(set(keys)) == len(keys)
    assert len(keys) == len(CASES) * len(CORES) * len(SUBJECTS) * len(tables.METRICS)
    assert all(row.value > 0 for row in rows)


@pytest.fixture(scope="module")
def digits():
    pytest.importorskip("sklearn")
    reason = measuring.missing(M3)
    if reason:
        pytest.skip(reason)
    case = CASES[DIGITS]
    return Lesson.of(case, case.data(None))


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda s: f"{s.engine}, {s.method}")
def test_the_digits_on_a_cortex_m3_cost_what_is_committed(digits, subject):
    committed = {
        row.metric: row.value
        for row in results.reference(SUITE)
        if (row.network, row.target, row.engine) == (DIGITS, M3, subject.engine)
        and row.method.startswith(subject.method)
    }
    measured = {row.metric: row.value for row in measure(digits, M3, subject)}
    assert measured == {k: pytest.approx(v, rel=0.02) for k, v in committed.items()}, RENEW


def test_float_weights_that_differ_from_sgd_are_no_measurement(digits, monkeypatch):
    monkeypatch.setattr(measuring, "TOLERANCE", 0.0)
    with pytest.raises(measuring.MeasureError, match="float weights"):
        measure(digits, M3, SUBJECTS[-1])


def test_rows_survive_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "BUILD", tmp_path)
    rows = [
        Row("a", "n", "e", "m", "x", 1.5, "%", [1, 2]),
        Row("a", "n", "e", "m", "y", 2, "B", [], "t"),
    ]
    assert results.load(results.save("a", rows)) == rows
    assert results.load(results.merge(["a", "never-run"])) == [*rows, *results.elsewhere()]


def test_what_is_between_the_markers_is_replaced_and_nothing_else():
    text = "before\n<!-- x:begin -->\nold\n<!-- x:end -->\nafter\n"
    once = tables.between(text, "x", "new\n")
    assert once == "before\n<!-- x:begin -->\n\nnew\n\n<!-- x:end -->\nafter\n"
    assert tables.between(once, "x", "new\n") == once
    with pytest.raises(ValueError, match="no <!-- y:begin -->"):
        tables.between(text, "y", "new\n")
