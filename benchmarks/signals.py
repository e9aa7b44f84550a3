# SPDX-License-Identifier: Apache-2.0
"""Applications on sensor signals, with the figures to reach: the engine, and float32 beside it.

Pipeline, network and training are those of `tintin pretrain NAME`; a trial adds the life that the
application was made for. Ends with exit code 1 if a figure to reach is not reached. A quarter of
an hour for all, most of it for words; --quick: bearing and spectrum, a minute.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import results
import signals_tables as tables
from results import Row
from signals_learners import DEVICES
from signals_trials import QUICK, TRIALS, Bench
from tintin.errors import DataError
from tintin.files import write_atomically


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", nargs="*", metavar="TRIAL", help=", ".join(TRIALS))
    parser.add_argument("--seeds", type=int, help="seeds 1 to N; without it as documented")
    parser.add_argument("--engines", nargs="+", choices=DEVICES, default=list(DEVICES))
    parser.add_argument("--data-dir", type=Path, help="where the data sets are (or $TINTIN_DATA)")
    parser.add_argument("--commit", action="store_true", help="write reference results and pages")
    parser.add_argument("--render", action="store_true", help="only renew the pages' tables")
    parser.add_argument("--quick", action="store_true", help=" and ".join(QUICK))
    options = parser.parse_args(words)
    unknown = set(options.trials) - set(TRIALS)
    if unknown:
        parser.error(f"{min(unknown)}: must be one of {', '.join(TRIALS)}")
    return options


def reference() -> list[Row]:
    """The committed rows; none before the first --commit."""
    known = (results.REFERENCE / f"{tables.SUITE}.json").is_file()
    return results.reference(tables.SUITE) if known else []


def measure(name: str, engine: str, options: argparse.Namespace) -> list[Row]:
    """All seeds of a trial by one engine."""
    trial, found = TRIALS[name], {}
    for seed in range(1, (options.seeds or trial.seeds) + 1):
        began = time.monotonic()
        found[seed] = trial.run(Bench(DEVICES[engine], options.data_dir, seed))
        say(f"{name}, {engine}, seed {seed}: {time.monotonic() - began:.0f} s")
    return tables.rows_of(name, engine, found)


def measured(options: argparse.Namespace) -> list[Row]:
    """Rows of every trial whose data is there, kept after each."""
    rows: list[Row] = []
    for name in options.trials or (QUICK if options.quick else TRIALS):
        try:
            for engine in options.engines:
                rows += measure(name, engine, options)
        except DataError as error:
            say(f"{name}: skipped, {error}")
            continue
        results.save(tables.SUITE, rows)
        if options.commit:
            keep(tables.replaced(reference(), rows))
    return rows


def keep(rows: Sequence[Row]) -> None:
    """The reference, and the pages' tables made of it."""
    results.save(tables.SUITE, rows, commit=True)
    for page in tables.pages():
        write_atomically(page, tables.rendered(page.read_text(), rows).encode())


def say(line: str) -> None:
    """Progress, on stderr."""
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Run it; 1 where a goal is not reached, 2 where nothing could be measured."""
    options = arguments()
    if options.render:
        keep(reference())
        return 0
    rows = measured(options)
    if not rows:
        return 2
    for name, table in tables.tables(rows).items():
        print(f"{name}\n\n{table}\n")
    problems = tables.missed(rows)
    for problem in problems:
        say(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
