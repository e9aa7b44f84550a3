# SPDX-License-Identifier: Apache-2.0
"""Lifelong learning: the integer learner beside naive learning and beside float32 replay.

Four learners live through each scenario with the same seeds: naive learning; replay as it comes
(guard and drift monitors on); replay plain (neither); and plain replay in float32, which sees the
same samples in the same order from the same buffer. With --commit the rows of the scenarios that
were run replace those in results/lifelong.json, and doc/lifelong.md's tables are made anew.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import results
from lifelong_tables import Row, Table, reached, rendered, tables
from lifelong_trials import GOALS, LEARNERS, QUICK, QUICK_SEEDS, TRIALS, Trial
from tintin.errors import DataError, InputError
from tintin.files import write_atomically
from tintin.lifelong.agent import FLOAT
from tintin.lifelong.campaign import Job, available, run
from tintin.lifelong.rows import rows

SUITE = "lifelong"
REFERENCE = results.REFERENCE / f"{SUITE}.json"
DOCUMENT = results.REFERENCE.parents[1] / "doc" / "lifelong.md"
ENGINES = {FLOAT: "float32 NumPy"}


def measure(trial: Trial, seeds: int, options: argparse.Namespace) -> list[Row]:
    """Live all lives of a trial."""
    setups = {name: LEARNERS[name] for name in trial.learners}
    jobs = [
        Job(trial.scenario, setup, seed, options.data_dir)
        for setup in setups.values()
        for seed in range(seeds)
    ]
    began, lives = time.monotonic(), []
    for life in run(jobs, options.jobs):
        lives.append(life)
        passed = time.monotonic() - began
        say(f"{trial.scenario}: {len(lives)} of {len(jobs)} lives, {passed:.0f} s")
    names = {_key(setup): name for name, setup in setups.items()}
    return [{"learner": names[_key(row)], **asdict(row)} for row in rows(lives)]


def _key(of: Any) -> tuple[str, str, bool]:
    return of.method, of.arithmetic, bool(of.guard)


def merged(new: Sequence[Row]) -> list[Row]:
    """The reference's rows, those of the scenarios in `new` replaced."""
    old = json.loads(REFERENCE.read_text()) if REFERENCE.is_file() else []
    replaced = {row["scenario"] for row in new}
    every = [row for row in old if row["scenario"] not in replaced] + list(new)
    order = {name: i for i, name in enumerate(TRIALS)}
    return sorted(every, key=lambda row: order[row["scenario"]])


def keep(every: Sequence[Row]) -> None:
    """The reference, one row a line, and the tables made of it."""
    text = "[\n" + ",\n".join(json.dumps(row) for row in every) + "\n]\n"
    write_atomically(REFERENCE, text.encode())
    write_atomically(DOCUMENT, rendered(DOCUMENT.read_text(), every).encode())


def suite_row(row: Row) -> results.Row:
    """As the rows of the other benchmarks are."""
    engine = ENGINES.get(row["arithmetic"], "tintin")
    return results.Row(
        SUITE,
        row["scenario"],
        engine,
        row["learner"],
        row["metric"],
        row["value"],
        row["unit"],
        list(row["seeds"]),
    )


def say(line: str) -> None:
    """Progress, on stderr."""
    print(line, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(TRIALS))
    parser.add_argument("--seeds", type=int, help="lives of each kind; without it, as documented")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--data-dir", type=Path, help="where the data sets are (or $TINTIN_DATA)")
    parser.add_argument("--commit", action="store_true", help="write the reference results, too")
    parser.add_argument(
        "--quick", action="store_true", help=f"{' and '.join(QUICK)}, {QUICK_SEEDS} seeds"
    )
    parser.add_argument("--render", action="store_true", help="only make the document's tables")
    return parser.parse_args()


def lived(options: argparse.Namespace) -> list[Row]:
    """The rows of what is wanted and can be had."""
    found = []
    wanted = options.scenarios or (QUICK if options.quick else TRIALS)
    for name in available(list(wanted), options.data_dir, say):
        trial = TRIALS[name]
        seeds = QUICK_SEEDS if options.quick else trial.seeds
        found += measure(trial, options.seeds or seeds, options)
        if options.commit:
            keep(merged(found))
    results.save(SUITE, [suite_row(row) for row in found])
    return found


def main() -> int:
    """Run it; 1 where a goal that was measured is not reached."""
    options = arguments()
    try:
        if options.render:
            every = json.loads(REFERENCE.read_text())
            keep(every)
        else:
            every = lived(options)
    except (DataError, InputError) as error:
        say(f"{SUITE}: {error}")
        return 2
    return verdict(every)


def verdict(every: Sequence[Row]) -> int:
    """Print the tables; 1 where a goal that was measured is not reached."""
    for name, text in tables(every).items():
        print(f"{name}\n\n{text}\n")
    missed = 0
    for goal in GOALS:
        try:
            missed += reached(goal, Table.of(every)) < goal.least
        except InputError:
            say(f"{SUITE}: not measured: {goal.text}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
