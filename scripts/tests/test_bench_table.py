# SPDX-License-Identifier: Apache-2.0
"""The documents show the committed figures, and these are what is measured."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
import instructions
import instructions_measure as measuring
import instructions_tables as tables
import results
from instructions_measure import CORES, OURS, SUBJECTS, SUITE, Lesson, measure
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


@pytest.fixture
def own_documents(tmp_path, monkeypatch):
    """The documents and the reference as copies that a test may change."""
    for name, path in (("README", tables.README), ("DETAILS", tables.DETAILS)):
        copy = tmp_path / f"{name}.md"
        copy.write_text(path.read_text())
        monkeypatch.setattr(tables, name, copy)
    rows = results.reference(SUITE)
    monkeypatch.setattr(results, "REFERENCE", tmp_path)
    monkeypatch.setattr(results, "BUILD", tmp_path / "build")
    results.save(SUITE, rows, commit=True)
    monkeypatch.setattr(results, "elsewhere", list)
    return rows


def test_to_measure_the_engine_alone_keeps_the_figures_of_float(own_documents):
    ours = [replace(row, value=12345.0) for row in own_documents if row.engine == OURS]
    instructions.commit(ours)
    after = results.reference(SUITE)
    assert [row for row in after if row.engine != OURS] == [
        row for row in own_documents if row.engine != OURS
    ]
    assert {row.value for row in after if row.engine == OURS} == {12345.0}
    assert "| 12,345 (" in tables.README.read_text()


def test_part_of_a_run_or_one_on_other_data_is_not_committed(own_documents):
    before = tables.README.read_text()
    with pytest.raises(measuring.MeasureError, match="MLP 64-32-10 on cortex-m0 is missing"):
        instructions.commit(own_documents[200:])
    strange = [replace(row, method="plain, synthetic strokes") for row in own_documents]
    with pytest.raises(measuring.MeasureError, match="--data-dir"):
        instructions.commit(strange)
    assert results.reference(SUITE) == own_documents
    assert tables.README.read_text() == before
