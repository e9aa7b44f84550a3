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
    """For --json: RAM by part and, on a target, instructions of a vector of features, by part."""
    d = application.description
    values: dict[str, Any] = {
        "application": application.name,
        "features": d.length,
        "pipeline_ram": d.memory,
        "pipeline_ram_parts": front_ends.memory(d),
    }
    if target is not None:
        parts = front_ends.instructions_by_part(target, d)
        values["pipeline_instructions"] = round(sum(parts.values()))
        values["pipeline_instructions_parts"] = {part: round(n) for part, n in parts.items()}
    return values


def front_end_summary(values: dict[str, Any], target: str | None) -> str:
    """For people."""
    lines = [
        f"front ends of {values['application']}: {values['features']} features, "
        f"RAM {values['pipeline_ram']:,} bytes: {_listed(values['pipeline_ram_parts'])}"
    ]
    if target is not None:
        took = values["pipeline_instructions"]
        parts = _listed(values["pipeline_instructions_parts"])
        lines.append(f"{took:,} instructions a vector of features on {target}: {parts}")
    return "\n".join(lines)


def _listed(parts: dict[str, int]) -> str:
    return ", ".join(f"{name} {value:,}" for name, value in parts.items() if value)
