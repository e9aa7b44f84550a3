# SPDX-License-Identifier: Apache-2.0
"""Figures as rows: a JSON file in build/, and a Markdown table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tintin.files import write_atomically

BUILD = Path(__file__).resolve().parents[1] / "build"


@dataclass(frozen=True)
class Row:
    """One figure, and on which seeds it rests."""

    suite: str
    network: str
    engine: str
    method: str
    metric: str
    value: float
    unit: str
    seeds: list[int]


def save(name: str, rows: Sequence[Row]) -> Path:
    """Write build/NAME.json."""
    BUILD.mkdir(exist_ok=True)
    path = BUILD / f"{name}.json"
    text = json.dumps([asdict(row) for row in rows], indent=1) + "\n"
    write_atomically(path, text.encode())
    return path


def markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table."""
    rule = ["---"] * len(header)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *lines))
