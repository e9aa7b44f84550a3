# SPDX-License-Identifier: Apache-2.0
"""tintin lifelong: learning for years, on this computer, with the engine of the device."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tintin.cli.options import Json, answer
from tintin.errors import InputError
from tintin.files import write_atomically
from tintin.learner import METHODS
from tintin.lifelong.agent import ARITHMETICS, Setup
from tintin.lifelong.campaign import Job, available, run
from tintin.lifelong.catalogue import SCENARIOS
from tintin.lifelong.life import Life
from tintin.lifelong.rows import Row, rows
from tintin.rate import Rate

ALL = "all"
COLUMNS = {
    "average_accuracy": "end",
    "own_accuracy": "learned",
    "forgetting": "forgot",
    "prequential_accuracy": "before",
}


def lifelong(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(help=f"{', '.join(SCENARIOS)}, or all whose data are here."),
    ] = None,
    method: Annotated[
        str, typer.Option(help=f"Some of {', '.join(METHODS)}, or all.")
    ] = "naive,replay",
    arithmetic: Annotated[
        str, typer.Option(help="int8 (the engine of the device), float32 (its twin), or both: all.")
    ] = "int8",
    seeds: Annotated[int, typer.Option(min=1, help="Lives of each kind; seeds count from 0.")] = 3,
    rate: Annotated[
        float | None, typer.Option(help="Learning rate; without it, the scenario's own.")
    ] = None,
    replays: Annotated[
        int, typer.Option(min=0, max=255, help="Steps from the buffer after each label.")
    ] = 7,
    slots: Annotated[
        int, typer.Option(min=1, max=65000, help="Samples that the buffer holds.")
    ] = 200,
    guard: Annotated[
        bool | None,
        typer.Option(
            "--guard/--no-guard",
            help="Hold samples out and undo what makes it worse; without a word, where samples "
            "are replayed.",
        ),
    ] = None,
    drift: Annotated[
        bool, typer.Option("--drift/--no-drift", help="Watch for drift and learn on an alarm.")
    ] = True,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Processes.")] = 1,
    report: Annotated[
        Path | None, typer.Option("--report", "-o", help="Write the report, one HTML file.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where the data sets are (or $TINTIN_DATA).")
    ] = None,
    json: Json = False,
) -> None:
    """Live through scenarios: new classes, other loads, ageing sensors, people, wrong labels."""
    if rate is not None:
        Rate.of(rate)  # refused now, not after the first lives
    if report is not None and not report.parent.is_dir():
        raise InputError(f"--report {report}: there is no folder {report.parent}")
    methods = _names(method, METHODS, "--method")
    arithmetics = _names(arithmetic, ARITHMETICS, "--arithmetic")
    setups = [
        Setup(m, a, guard=guard, drift=drift, rate=rate, replays=replays, slots=slots)
        for m in methods
        for a in arithmetics
    ]
    console, skipped = Console(stderr=True), []

    def skip(reason: str) -> None:
        skipped.append(reason)
        console.print(f"skipped {reason}", soft_wrap=True, markup=False)

    wanted = scenarios or ["digits"]
    found = available(list(SCENARIOS) if wanted == [ALL] else wanted, data_dir, skip)
    todo = [Job(n, s, seed, data_dir) for n in found for s in setups for seed in range(seeds)]
    lives = _run(todo, jobs, console)
    figures = rows(lives)
    if report is not None:
        _write(report, lives)
    values: dict[str, Any] = {
        "rows": [row.as_dict() for row in figures],
        "skipped": skipped,
        "report": str(report) if report is not None else None,
    }
    answer(json, values, _table(figures))


def _names(given: str, known: Sequence[str], option: str) -> list[str]:
    names = list(known) if given == ALL else [name.strip() for name in given.split(",")]
    for name in names:
        if name not in known:
            raise InputError(f"{option} {name}: must be all or some of {', '.join(known)}")
    return list(dict.fromkeys(names))


def _run(todo: Sequence[Job], processes: int, console: Console) -> list[Life]:
    """The lives in the order of the jobs, with a bar on stderr."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("lives"),
        TimeRemainingColumn(),
        console=console,
    )
    task = bar.add_task("living", total=len(todo))
    lives = []
    with bar:
        for life in run(todo, processes):
            lives.append(life)
            bar.update(task, advance=1, description=f"{life.scenario}, {life.setup.method}")
    order = {(job.scenario, job.setup, job.seed): i for i, job in enumerate(todo)}
    return sorted(lives, key=lambda life: order[life.scenario, life.setup, life.seed])


def _write(path: Path, lives: Sequence[Life]) -> None:
    # Matplotlib takes longer to import than all the rest of the program.
    from tintin.lifelong.report import report  # noqa: PLC0415

    write_atomically(path, report(lives).encode())


def _table(figures: Sequence[Row]) -> Table:
    """A line for each scenario and setup, the mean and the standard deviation over the seeds."""
    table = Table(box=None, pad_edge=False)
    for name in ("scenario", "method", "arithmetic"):
        table.add_column(name, no_wrap=True)
    for title in COLUMNS.values():
        table.add_column(f"{title}, %", justify="right", no_wrap=True)
    lines: dict[tuple[str, str, str], dict[str, Row]] = {}
    for row in figures:
        lines.setdefault((row.scenario, row.method, row.arithmetic), {})[row.metric] = row
    for key, cells in lines.items():
        table.add_row(*key, *(_cell(cells.get(name)) for name in COLUMNS))
    return table


def _cell(row: Row | None) -> str:
    if row is None:
        return "-"
    return f"{row.value:.1f}" + (f" ± {row.sd:.1f}" if len(row.seeds) > 1 else "")
