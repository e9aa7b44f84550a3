# SPDX-License-Identifier: Apache-2.0
"""A monitor's life as a table."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table

TIMES = {
    "before": "as shipped",
    "own": "after its labels",
    "after": "at the end",
    "after_power_cycle": "power cycle",
}


def life_table(exams: Mapping[str, Mapping[str, float]]) -> Table:
    """A row for each exam, a column for each time of life; accuracies are shares of 1."""
    table = Table(title="accuracy, %")
    table.add_column("exam")
    for head in TIMES.values():
        table.add_column(head, justify="right")
    for name, found in exams.items():
        cells = [f"{100 * found[time]:.1f}" if time in found else "" for time in TIMES]
        table.add_row(name, *cells)
    return table
