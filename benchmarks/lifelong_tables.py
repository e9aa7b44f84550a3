# SPDX-License-Identifier: Apache-2.0
"""Rows of lives as the tables of doc/lifelong.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import results
from lifelong_trials import GOALS, TRIALS, Goal, Trial
from tintin.errors import InputError

BEGIN, END = "<!-- made by benchmarks/lifelong.py: {} -->", "<!-- end of {} -->"
Row = dict[str, Any]


@dataclass
class Table:
    """Rows by scenario, learner and metric."""

    found: dict[tuple[str, str, str], Row] = field(default_factory=dict)

    @classmethod
    def of(cls, found: Iterable[Row]) -> Table:
        """Of the rows of a file."""
        return cls({(row["scenario"], row["learner"], row["metric"]): row for row in found})

    def get(self, scenario: str, learner: str, metric: str) -> Row | None:
        """A row, if there is one."""
        return self.found.get((scenario, learner, metric))

    def value(self, scenario: str, learner: str, metric: str) -> float:
        """A row's value; InputError when it was not measured."""
        row = self.get(scenario, learner, metric)
        if row is None:
            raise InputError(f"{scenario}: no {metric} of {learner} was measured")
        return float(row["value"])


def reached(goal: Goal, table: Table) -> float:
    """How far the goal's figure went."""
    value = table.value(goal.scenario, goal.learner, goal.metric)
    if goal.minus is None:
        return value
    metric, learner = goal.minus
    return value - table.value(goal.scenario, learner, metric)


def tables(every: Sequence[Row]) -> dict[str, str]:
    """The Markdown tables by their name: goals, and one for each scenario that was measured."""
    table = Table.of(every)
    there = [trial for trial in TRIALS.values() if any(k[0] == trial.scenario for k in table.found)]
    return {"goals": _goals(table), **{t.scenario: _trial(t, table) for t in there}}


def _goals(table: Table) -> str:
    lines = []
    for goal in GOALS:
        try:
            value = f"{reached(goal, table):+.2f}" if goal.minus else f"{reached(goal, table):.2f}"
        except InputError:
            value = "not measured"
        lines.append([goal.text, f"{goal.least:g}", value])
    return results.markdown(["figure (points, or %)", "at least", "reached"], lines)


def _trial(trial: Trial, table: Table) -> str:
    lines = []
    for learner in trial.learners:
        cells = [table.get(trial.scenario, learner, metric) for metric in trial.columns]
        lines.append([learner, *map(_cell, cells)])
    return results.markdown(["", *trial.columns.values()], lines)


def _cell(row: Row | None) -> str:
    if row is None:
        return "-"
    return f"{row['value']:.2f} ± {row['sd']:.2f}" if row["unit"] else f"{row['value']:.1f}"


def rendered(document: str, every: Sequence[Row]) -> str:
    """The document with its tables made anew."""
    for name, text in tables(every).items():
        begin, end = BEGIN.format(name), END.format(name)
        if begin in document:
            head, rest = document.split(begin, 1)
            _, tail = rest.split(end, 1)
            document = f"{head}{begin}\n{text}\n{end}{tail}"
    return document
