# SPDX-License-Identifier: Apache-2.0
"""tintin info --application: what comes before the network."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from tintin.cost import front_ends
from tintin.signals.application import NAMES, Application

ApplicationName = Annotated[
    str | None,
    typer.Option(
        "--application",
        help=f"Its front ends too: {', '.join(NAMES)}, or a description (.json). "
        "Without RECORD, its network before training.",
    ),
]


def front_end_values(application: Application, target: str | None) -> dict[str, Any]:
    """For --json: RAM by part and, on a target, instructions of a vector of features."""
    d = application.description
    values: dict[str, Any] = {
        "application": application.name,
        "features": d.length,
        "pipeline_ram": d.memory,
        "pipeline_ram_parts": front_ends.memory(d),
    }
    if target is not None:
        values["pipeline_instructions"] = round(front_ends.instructions(target, d))
    return values


def front_end_summary(values: dict[str, Any], target: str | None) -> str:
    """For people."""
    parts = ", ".join(f"{n} {size:,}" for n, size in values["pipeline_ram_parts"].items() if size)
    lines = [
        f"front ends of {values['application']}: {values['features']} features, "
        f"RAM {values['pipeline_ram']:,} bytes: {parts}"
    ]
    if target is not None:
        took = values["pipeline_instructions"]
        lines.append(f"{took:,} instructions a vector of features on {target}")
    return "\n".join(lines)
