# SPDX-License-Identifier: Apache-2.0
"""What a network costs, as tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table

from tintin.cost.memory import Plan
from tintin.cost.modes import Mode

PARTS = {
    "weights": "int8 weights of layers that learn",
    "fractions": "their fraction bits",
    "biases": "their biases, int32",
    "gradient": "mini-batch sums, int32",
    "inputs_kept": "activations kept for the backward pass",
    "indices": "max-pool indices kept for it",
    "passing": "activations and errors that take turns",
    "scratch": "accumulators of one layer",
    "state": "state of the layers",
}


def table(title: str, *columns: str, footer: bool = False) -> Table:
    """An empty table: the first column is words, the others are numbers."""
    result = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        show_footer=footer,
    )
    for i, column in enumerate(columns):
        result.add_column(column, justify="left" if i == 0 else "right", no_wrap=True)
    return result


def memory_table(plan: Plan) -> Table:
    """The arena by part."""
    result = table("RAM by part", "arena", "bytes", footer=True)
    for name, words in PARTS.items():
        if getattr(plan, name):
            result.add_row(words, f"{getattr(plan, name):,}")
    result.columns[0].footer = "total"
    result.columns[1].footer = f"{plan.total:,}"
    return result


def modes_table(modes: Sequence[Mode]) -> Table:
    """What each memory mode costs."""
    result = table("memory modes", "fraction bits", "bytes a weight", "RAM to train", "record")
    for mode in modes:
        name = f"{mode.fraction_bits}{' (now)' if mode.current else ''}"
        result.add_row(name, f"{mode.bytes_a_weight:g}", f"{mode.arena:,}", f"{mode.record:,}")
    return result
