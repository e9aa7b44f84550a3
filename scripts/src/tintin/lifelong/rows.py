# SPDX-License-Identifier: Apache-2.0
"""Figures out of lives: one row for each scenario, setup and metric, over all seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import mean, pstdev
from typing import Any

from tintin.lifelong.agent import Setup
from tintin.lifelong.life import Life

SHARES = ("accuracy", "forgetting", "transfer", "area")  # of 1; in rows they are percent


@dataclass(frozen=True)
class Row:
    """One figure: the mean over the seeds, and how far they spread."""

    scenario: str
    method: str
    arithmetic: str
    guard: bool
    drift: bool
    metric: str
    value: float
    unit: str
    sd: float
    least: float
    most: float
    seeds: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self) | {"seeds": list(self.seeds)}


def groups(lives: Iterable[Life]) -> dict[tuple[str, Setup], list[Life]]:
    """Lives that differ by their seed only, in the order of the seeds."""
    found: dict[tuple[str, Setup], list[Life]] = {}
    for life in sorted(lives, key=lambda life: life.seed):
        found.setdefault((life.scenario, life.setup), []).append(life)
    return found


def rows(lives: Iterable[Life]) -> list[Row]:
    """A row for each metric of each group."""
    found = []
    for (scenario, setup), group in groups(lives).items():
        for metric in group[0].metrics:
            found.append(_row(scenario, setup, metric, group))
    return found


def _row(scenario: str, setup: Setup, metric: str, group: Sequence[Life]) -> Row:
    percent = metric.endswith(SHARES)
    values = [life.metrics[metric] * (100 if percent else 1) for life in group]
    return Row(
        scenario,
        setup.method,
        setup.arithmetic,
        setup.guarded,
        setup.drift,
        metric,
        round(mean(values), 4),
        "%" if percent else "",
        round(pstdev(values), 4),
        round(min(values), 4),
        round(max(values), 4),
        tuple(life.seed for life in group),
    )
