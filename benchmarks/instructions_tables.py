# SPDX-License-Identifier: Apache-2.0
"""The figures as tables: the short one of README.md, the whole of benchmarks/README.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import results
from instructions_measure import (
    ARENA,
    CORES,
    FLOAT,
    FORWARD,
    MODES,
    OURS,
    PLAIN,
    PROGRAM,
    RAM,
    RECORD,
    STACK,
    STATIC,
    STEP,
    SUITE,
)
from instructions_networks import CASES
from results import Row

HERE = Path(__file__).resolve().parent
README, DETAILS = HERE.parent / "README.md", HERE / "README.md"
BEGIN, END = "<!-- {}:begin -->\n", "<!-- {}:end -->\n"
SHORT = {core: core.removeprefix("cortex-").upper() for core in CORES}
METRICS = (STEP, FORWARD, RAM, ARENA, STATIC, STACK, PROGRAM, RECORD)
ENGINES = {OURS: "Tin-Tin"}
FINEST = MODES[max(MODES)]


def write() -> None:
    """Put the reference figures' tables between the documents' markers."""
    for path, text in documents().items():
        path.write_text(text)


def documents() -> dict[Path, str]:
    """What the documents are with the tables of the reference figures."""
    rows = results.reference(SUITE)
    return {
        README: between(README.read_text(), "bench", f"{short(rows)}\n"),
        DETAILS: between(DETAILS.read_text(), SUITE, f"{full(rows)}\n"),
    }


def between(text: str, name: str, new: str) -> str:
    """Replace what is between a pair of markers. Raises ValueError where they are not."""
    begin, end = BEGIN.format(name), END.format(name)
    head, found, rest = text.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"no {begin.strip()} ... {end.strip()}")
    return f"{head}{begin}\n{new}\n{end}{tail}"


def find(rows: Sequence[Row], core: str, engine: str, method: str, metric: str) -> float | None:
    """A figure of one network's rows."""
    for row in rows:
        said = row.method.startswith(method)
        if (row.target, row.engine, row.metric) == (core, engine, metric) and said:
            return row.value
    return None


def short(rows: Sequence[Row]) -> str:
    """Instructions a training step, and RAM, of each network."""
    header = [
        *(
            "network",
            "float C, M3",
            "Tin-Tin, M3",
            "float C, M4 with FPU",
            "Tin-Tin, M4",
        ),
        *("Tin-Tin, M55", "AIfES, M3 *", "RAM of float C", "RAM of Tin-Tin"),
    ]
    return results.markdown(header, [_short_line(name, rows) for name in CASES])


def _short_line(name: str, rows: Sequence[Row]) -> list[str]:
    own = [row for row in rows if row.network == name]
    peers = [row for row in results.elsewhere() if row.network == name]
    m3, m4, m55 = "cortex-m3", "cortex-m4", "cortex-m55"
    plain, ours = find(own, m3, FLOAT, PLAIN, STEP), find(own, m3, OURS, FINEST, STEP)
    ratio = f" ({plain / ours:.0f} times fewer)" if plain and ours else ""
    return [
        name,
        number(plain),
        number(ours) + ratio,
        number(find(own, m4, FLOAT, PLAIN, STEP)),
        number(find(own, m4, OURS, FINEST, STEP)),
        number(find(own, m55, OURS, FINEST, STEP)),
        number(find(peers, m3, "AIfES", "", STEP)),
        number(find(own, m3, FLOAT, PLAIN, RAM)),
        number(find(own, m3, OURS, FINEST, RAM)),
    ]


def full(rows: Sequence[Row]) -> str:
    """Every figure, a table for each network."""
    names = [name for name in CASES if any(row.network == name for row in rows)]
    return "\n\n".join(f"### {name}\n\n{_full_table(name, rows)}" for name in names)


def _full_table(name: str, rows: Sequence[Row]) -> str:
    known = [row for row in (*rows, *results.elsewhere()) if row.network == name]
    header = ["target", "engine", "step", "forward", *METRICS[2:]]
    header = [word.replace("RAM of it ", "") for word in header]
    lines: dict[tuple[str, str, str], list[str]] = {}
    for row in sorted(known, key=lambda row: list(CORES).index(row.target)):
        cells = lines.setdefault((row.target, row.engine, _method(row)), ["-"] * len(METRICS))
        cells[METRICS.index(row.metric)] = number(row.value)
    return results.markdown(
        header,
        [
            [SHORT[core], f"{ENGINES.get(engine, engine)}, {method}", *cells]
            for (core, engine, method), cells in lines.items()
        ],
    )


def _method(row: Row) -> str:
    """As few words as tell the lines of one table apart."""
    if row.suite == results.ELSEWHERE:
        return "measured elsewhere"
    return row.method.rpartition(", ")[0]


def number(value: float | None) -> str:
    """A count with thousands set apart; a dash where there is none."""
    return "-" if value is None else f"{value:,.0f}"
