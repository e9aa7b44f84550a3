# SPDX-License-Identifier: Apache-2.0
"""The figures of applications as rows, and as the tables of the pages in doc/."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import mean, stdev

import results
from results import Row
from signals_learners import DEVICES, FLOAT, OURS
from signals_trials import GOALS, TRIALS, Figures, Goal

SUITE = "signals"
DOC = Path(__file__).resolve().parents[1] / "doc"
BEGIN, END = "<!-- made by benchmarks/signals.py: {} -->", "<!-- end of {} -->"
SPREAD = "standard deviation of "
GOALS_TABLE = "goals"


def rows_of(trial: str, engine: str, found: dict[int, Figures]) -> list[Row]:
    """Of each figure its mean over the seeds, and its standard deviation where there are some."""
    rows: list[Row] = []
    seeds = list(found)
    for figure in found[seeds[0]]:
        values = [figures[figure] for figures in found.values()]
        rows.append(_row(trial, engine, figure, mean(values), seeds))
        if len(seeds) > 1:
            rows.append(_row(trial, engine, SPREAD + figure, stdev(values), seeds))
    return rows


def _row(trial: str, engine: str, figure: str, value: float, seeds: list[int]) -> Row:
    network = TRIALS[trial].application
    return Row(SUITE, network, engine, trial, figure, round(value, 4), "%", seeds)


def replaced(old: Iterable[Row], new: Sequence[Row]) -> list[Row]:
    """The old rows, those of the same trial and engine giving way to the new; in their order."""
    redone = {(row.method, row.engine, row.target) for row in new}
    kept = [row for row in old if (row.method, row.engine, row.target) not in redone]
    order = [*TRIALS]
    return sorted((*kept, *new), key=lambda row: (order.index(row.method), row.target != "host"))


def value_of(rows: Iterable[Row], trial: str, engine: str, figure: str) -> float | None:
    """A figure, if it was measured."""
    wanted = (trial, engine, figure)
    found = [row.value for row in rows if (row.method, row.engine, row.metric) == wanted]
    return found[0] if found else None


def missed(rows: Sequence[Row]) -> list[str]:
    """The goals that were measured and not reached, a line each."""
    lines = []
    for goal in GOALS:
        value = value_of(rows, goal.trial, OURS, goal.figure)
        if value is not None and not goal.reached(value):
            lines.append(f"{goal.trial}: {goal.figure} is {value:.2f}, to be {_bound(goal)}")
    return lines


def tables(rows: Sequence[Row]) -> dict[str, str]:
    """Markdown by name: the goals, and the figures of each trial that was measured."""
    measured = [name for name in TRIALS if any(row.method == name for row in rows)]
    return {GOALS_TABLE: _goals(rows)} | {name: _trial(rows, name) for name in measured}


def _goals(rows: Sequence[Row]) -> str:
    lines = []
    for goal in GOALS:
        ours, floats = (_cell(rows, goal.trial, engine, goal.figure) for engine in DEVICES)
        value = value_of(rows, goal.trial, OURS, goal.figure)
        verdict = "-" if value is None else "yes" if goal.reached(value) else "no"
        lines.append([f"{goal.trial}: {goal.figure}", _bound(goal), ours, floats, verdict])
    return results.markdown(["figure, %", "goal", "Tin-Tin", FLOAT, "reached"], lines)


def _bound(goal: Goal) -> str:
    return f"at {'most' if goal.at_most else 'least'} {goal.least:g}"


def _trial(rows: Sequence[Row], trial: str) -> str:
    own = [row for row in rows if row.method == trial and row.target == "host"]
    figures = dict.fromkeys(r.metric for r in own if not r.metric.startswith(SPREAD))
    lines = [[name, *(_cell(own, trial, engine, name) for engine in DEVICES)] for name in figures]
    seeds = max(len(row.seeds) for row in own)
    said = "1 seed" if seeds == 1 else f"mean of {seeds} seeds ± standard deviation"
    return results.markdown([f"%, {said}", "Tin-Tin", FLOAT], lines)


def _cell(rows: Sequence[Row], trial: str, engine: str, figure: str) -> str:
    value = value_of(rows, trial, engine, figure)
    spread = value_of(rows, trial, engine, SPREAD + figure)
    if value is None:
        return "-"
    return f"{value:.2f}" + (f" ± {spread:.2f}" if spread is not None else "")


def pages() -> list[Path]:
    """Those that have a table."""
    return [
        page for page in sorted(DOC.glob("*.md")) if "benchmarks/signals.py: " in page.read_text()
    ]


def rendered(text: str, rows: Sequence[Row]) -> str:
    """A page with its tables made anew."""
    for name, table in tables(rows).items():
        begin, end = BEGIN.format(name), END.format(name)
        if begin in text:
            head, rest = text.split(begin, 1)
            _, tail = rest.split(end, 1)
            text = f"{head}{begin}\n{table}\n{end}{tail}"
    return text
