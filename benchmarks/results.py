# SPDX-License-Identifier: Apache-2.0
"""Figures as rows: of a run in build/, for reference in benchmarks/results/, and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tintin.files import write_atomically

BUILD = Path(__file__).resolve().parents[1] / "build"
REFERENCE = Path(__file__).resolve().parent / "results"
MERGED = "bench"
ELSEWHERE = "elsewhere"
ORDER = (
    "suite",
    "network",
    "target",
    "engine",
    "method",
    "metric",
    "value",
    "unit",
    "seeds",
)


@dataclass(frozen=True)
class Row:
    """One figure, and on which seeds it rests. target: where it ran."""

    suite: str
    network: str
    engine: str
    method: str
    metric: str
    value: float
    unit: str
    seeds: list[int]
    target: str = "host"


def save(name: str, rows: Sequence[Row], *, commit: bool = False) -> Path:
    """Write build/NAME.json; commit: also benchmarks/results/NAME.json, the reference."""
    for folder in (BUILD, REFERENCE) if commit else (BUILD,):
        _write(folder / f"{name}.json", rows)
    return BUILD / f"{name}.json"


def load(path: Path) -> list[Row]:
    """The rows of a file that save() or merge() wrote."""
    return [Row(**fields) for fields in json.loads(path.read_text())]


def reference(name: str) -> list[Row]:
    """The committed rows of a suite."""
    return load(REFERENCE / f"{name}.json")


def elsewhere() -> list[Row]:
    """What peers take, measured outside of this repository; `method` has the conditions."""
    return load(REFERENCE.parent / f"{ELSEWHERE}.json")


def merge(suites: Iterable[str]) -> Path:
    """Write build/bench.json: the rows in build/ of all suites that have some there, and peers'."""
    files = [BUILD / f"{suite}.json" for suite in sorted(suites)]
    rows = [row for file in files if file.is_file() for row in load(file)]
    return save(MERGED, [*rows, *elsewhere()])


def markdown(header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table."""
    rule = ["---"] * len(header)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *lines))


def _write(path: Path, rows: Sequence[Row]) -> None:
    """One row a line, so that a change of one figure is a change of one line."""
    lines = []
    for row in rows:
        fields = asdict(row)
        lines.append(json.dumps({name: fields[name] for name in ORDER}))
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, ("[\n" + ",\n".join(lines) + "\n]\n").encode())
