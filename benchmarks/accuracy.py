# SPDX-License-Identifier: Apache-2.0
"""Test accuracy of the integer engine, of float32 SGD and of the papers' own update rules.

All learn at batch 1, from the same first weights, in the same order, for the same passes, each
at a setting of its own that held-out training samples chose. Without --tune, the settings are
those of the committed results. Two minutes for the small networks, an hour for all of them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

import accuracy_report as report
import results
from accuracy_methods import METHODS, Method
from accuracy_runs import Bench, Result, run, tuned
from accuracy_tasks import TASKS, Material, Task
from results import Row
from tintin.errors import TintinError

QUICK = [name for name, task in TASKS.items() if task.network.startswith("MLP")]
POINTS = 0.3  # how far the engine's mean may lie below that of float32
PROMISED = ("tintin-8", "tintin-4")
README = Path(__file__).resolve().parent / "README.md"
BEGIN, END = "<!-- accuracy:begin -->", "<!-- accuracy:end -->"


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sets", nargs="+", choices=TASKS, default=list(TASKS), help="data sets; all of them"
    )
    parser.add_argument(
        "--quick", dest="sets", action="store_const", const=QUICK, help="the small networks only"
    )
    parser.add_argument(
        "--methods", nargs="+", choices=METHODS, default=list(METHODS), help="all of them"
    )
    parser.add_argument(
        "--seeds", type=int, help="seeds 1 to N; 10 for the small networks, 3 for the others"
    )
    parser.add_argument("--data-dir", type=Path, help="where the data sets lie (or $TINTIN_DATA)")
    parser.add_argument(
        "--tune", action="store_true", help="choose rates anew, on held-out training samples"
    )
    parser.add_argument(
        "--setting", type=float, help="the rate (or NITI's mu) of all methods named, not tuned"
    )
    parser.add_argument(
        "--commit", action="store_true", help="put the rows among the reference results"
    )
    parser.add_argument(
        "--readme", action="store_true", help="only renew README.md from the reference results"
    )
    return parser.parse_args(words)


def reference() -> list[Row]:
    """The committed rows; none before the first --commit."""
    known = (results.REFERENCE / f"{report.SUITE}.json").is_file()
    return results.reference(report.SUITE) if known else []


def measure(bench: Bench, material: Material, options: argparse.Namespace) -> Iterator[Row]:
    """The rows of one method on one task."""
    task, method = bench.task, bench.method
    setting = options.setting
    if setting is None and not options.tune:
        setting = report.setting_of(reference(), task, method)
    if setting is None:
        setting, found = tuned(bench, material)
        yield from report.tuning_rows(task, method, found)
    seeds = range(1, options.seeds + 1) if options.seeds else task.seeds
    found_seeds: dict[int, Result] = {seed: run(bench, material, seed, setting) for seed in seeds}
    yield from report.result_rows(task, method, setting, found_seeds)


def materials(names: Sequence[str], data_dir: Path | None) -> Iterator[tuple[Task, Material]]:
    """The tasks whose data is there; a line about each that is not."""
    for name in names:
        try:
            yield TASKS[name], TASKS[name].material(data_dir)
        except TintinError as error:
            print(f"{name}: skipped, {error}", file=sys.stderr, flush=True)


def run_all(options: argparse.Namespace, progress: Progress) -> list[Row]:
    """Rows of every method on every task whose data is there, saved after each."""
    rows: list[Row] = []
    for task, material in materials(options.sets, options.data_dir):
        for name in options.methods:
            rows += _shown(task, METHODS[name], material, options, progress)
            results.save(report.SUITE, rows)
            if options.commit:
                known = report.replaced(reference(), rows)
                results.save(report.SUITE, known, commit=True)
    return rows


def _shown(
    task: Task, method: Method, material: Material, options: argparse.Namespace, progress: Progress
) -> list[Row]:
    shown = progress.add_task(f"{task.name}, {method.name}", total=None)
    bench = Bench(task, method, lambda samples: progress.advance(shown, samples))
    rows = list(measure(bench, material, options))
    progress.remove_task(shown)
    average = next(row for row in rows if row.metric == report.MEAN)
    progress.console.print(f"{task.name}, {method.name}: {average.value:.2f} %")
    return rows


def failures(rows: Sequence[Row]) -> list[str]:
    """Where the engine is further below float32 than it may be, and than its seeds' scatter."""
    found = []
    for task in TASKS.values():
        for name in PROMISED:
            gap = report.behind(rows, task, METHODS[name])
            error = report.standard_error(rows, task, METHODS[name])
            if gap is not None and gap > POINTS + error:
                found.append(
                    f"{task.name}: {name} is {gap:.2f} points below float32, "
                    f"standard error {error:.2f}"
                )
    return found


def renew_readme() -> None:
    """Put the tables of the reference results between their marks."""
    text = README.read_text()
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    README.write_text(f"{head}{BEGIN}\n{report.tables(reference())}\n{END}{tail}")


def main() -> int:
    """Run it; 1 where the engine is too far below float32, 2 where no data is to be had."""
    options = arguments()
    if options.readme:
        renew_readme()
        return 0
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f} samples"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        rows = run_all(options, progress)
    if not rows:
        return 2
    print(report.tables(rows))
    problems = failures(rows)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
