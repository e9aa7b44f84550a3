# SPDX-License-Identifier: Apache-2.0
"""tintin info --target: instructions and energy of a learning step, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from tintin.cli.cost_tables import table
from tintin.cost.energy import SUPPLIES
from tintin.cost.estimate import Estimate
from tintin.cost.instructions import targets
from tintin.errors import ModelError

DEFAULTS = ", ".join(f"{name} {supply.nanojoules:.2f}" for name, supply in SUPPLIES.items())

Target = Annotated[
    str | None,
    typer.Option(help=f"Predict a step's instructions and energy on: {', '.join(targets())}."),
]
Samples = Annotated[
    str | None,
    typer.Option(
        "--data",
        help="With --target: samples to count zeros in, as `tintin train` reads them; with "
        "--application recorded, synthetic, or recordings of yours (.npz). Without, shares are "
        "assumed, which is an estimate.",
    ),
]
SamplesDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Where the files of --data are.")
]
Nanojoules = Annotated[
    float | None,
    typer.Option("--nj", min=0.0, help=f"Energy of an instruction, nJ ({DEFAULTS})."),
]


def check_options(target: str | None, batch: int, **others: object) -> None:
    """Refuse options that mean nothing without --target, and what the cost model does not cover."""
    if target is None:
        for name, value in others.items():
            if value is not None:
                raise ModelError(f"--{name}: only with --target")
    elif batch != 1:
        raise ModelError("--target: the cost model is for --batch 1")


def step_values(found: Estimate) -> dict[str, Any]:
    """For --json."""
    cost = found.cost
    return {
        "target": cost.target,
        "instructions": round(cost.total),
        "forward": round(cost.forward),
        "other": round(cost.other),
        "layers": [
            {name: round(getattr(layer, name)) for name in ("forward", "backward", "update")}
            for layer in cost.layers
        ],
        "zeros_from": found.zeros_from,
        "nanojoules_per_instruction": found.nanojoules,
        "energy_source": found.energy_source,
        "microjoules": found.microjoules,
    }


def step_table(found: Estimate, names: Sequence[str]) -> Table:
    """For people; names: of the layers."""
    cost, each = found.cost, found.nanojoules / 1000
    result = table(
        f"a learning step on {cost.target}, instructions",
        "layer",
        *("forward", "backward", "update", "share", "uJ"),
        footer=True,
    )
    rows = [(n, (c.forward, c.backward, c.update)) for n, c in zip(names, cost.layers, strict=True)]
    for name, parts in [*rows, ("sample and loss", (cost.other, 0.0, 0.0))]:
        numbers = [f"{part:,.0f}" if part else "" for part in parts]
        share = f"{sum(parts) / cost.total:.0%}"
        result.add_row(name, *numbers, share, _energy(sum(parts) * each))
    sums = [sum(getattr(c, n) for c in cost.layers) for n in ("forward", "backward", "update")]
    footers = [f"{sums[0] + cost.other:,.0f}", *(f"{part:,.0f}" for part in sums[1:])]
    for column, text in zip(
        result.columns, ["total", *footers, "", _energy(found.microjoules)], strict=True
    ):
        column.footer = text
    return result


def step_summary(found: Estimate) -> str:
    """Where the figures are from."""
    return (
        f"{found.cost.total:,.0f} instructions and {_energy(found.microjoules)} uJ a step; "
        f"zeros: {found.zeros_from}; energy: {found.nanojoules:.2f} nJ an instruction "
        f"({found.energy_source})"
    )


def _energy(microjoules: float) -> str:
    """Three digits that mean something."""
    return f"{microjoules:,.0f}" if microjoules >= 100 else f"{microjoules:.3g}"
