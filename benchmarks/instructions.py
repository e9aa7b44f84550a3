# SPDX-License-Identifier: Apache-2.0
"""Instructions a training step and a forward pass, RAM and flash, at batch 1, on every Cortex-M.

Counted by QEMU: the engine beside float32 C in the same runner, on the same samples. Takes some
minutes; --quick measures the digits on a Cortex-M3 alone. --commit makes the figures those that the
documents show: benchmarks/results/, README.md and benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import instructions_tables as tables
import results
from instructions_measure import (
    CORES,
    OURS,
    STEP,
    SUBJECTS,
    SUITE,
    Lesson,
    MeasureError,
    bare,
    measure,
    missing,
)
from instructions_networks import CASES
from results import Row
from tintin.errors import TintinError


def say(line: str) -> None:
    """Progress, on stderr."""
    print(line, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data-dir", type=Path, help="where MNIST's four idx files are")
    parser.add_argument("--quick", action="store_true", help="the digits on a Cortex-M3 only")
    parser.add_argument("--commit", action="store_true", help="renew what the documents show")
    parser.add_argument("--network", choices=CASES, action="append", help="only these; repeatable")
    parser.add_argument("--target", choices=CORES, action="append", help="only these; repeatable")
    parser.add_argument(
        "--ours", action="store_true", help="the engine alone: float32 C takes longest"
    )
    options = parser.parse_args()
    if options.commit and (options.quick or options.network or options.target):
        parser.error("--commit takes a whole run: without --quick, --network and --target")
    return options


def usable(wanted: list[str]) -> list[str]:
    """The targets that this computer can run; a line for each of the others."""
    found = []
    for core in wanted:
        reason = missing(core)
        if reason:
            say(f"{SUITE}: {core} skipped: {reason}")
        else:
            found.append(core)
    return found


def measured(lesson: Lesson, core: str, *, ours: bool) -> list[Row]:
    """All engines on one target, a line of progress for each."""
    rows = []
    for subject in SUBJECTS:
        if ours and subject.engine != OURS:
            continue
        began = time.monotonic()
        part = measure(lesson, core, subject)
        step = next(row.value for row in part if row.metric == STEP)
        seconds = time.monotonic() - began
        what = f"{lesson.case.name} on {core}, {subject.engine}, {subject.method}"
        say(f"{SUITE}: {what}: {step:,.0f} instructions a step ({seconds:.0f} s)")
        rows += part
    return rows


def suite(options: argparse.Namespace) -> list[Row]:
    """Everything that is asked for, and that can be had here."""
    networks = options.network or list(CASES)[: 1 if options.quick else None]
    wanted = options.target or (["cortex-m3"] if options.quick else list(CORES))
    rows, cores = [], usable(wanted)
    for name in networks if cores else ():
        try:
            data = CASES[name].data(options.data_dir)
        except TintinError as error:
            say(f"{SUITE}: {name} skipped: {error}")
            continue
        say(f"{SUITE}: {name} learns {CASES[name].lessons} samples of {data[0]} on this computer")
        lesson = Lesson.of(CASES[name], data)
        rows += [row for core in cores for row in measured(lesson, core, ours=options.ours)]
    return rows


def commit(rows: list[Row]) -> None:
    """Make these the reference and write the documents' tables. Raises MeasureError.

    Of float32 C, where it was not measured again, the old reference stays.
    """
    wanted = {(name, core) for name in CASES for core in CORES}
    lacking = wanted - {(row.network, row.target) for row in rows}
    if lacking:
        raise MeasureError(f"--commit: {' on '.join(min(lacking))} is missing from this run")
    if any("synthetic strokes" in row.method for row in rows):
        raise MeasureError("--commit: the documents show figures of MNIST: give its --data-dir")
    if all(row.engine == OURS for row in rows):
        rows = [*rows, *(row for row in results.reference(SUITE) if row.engine != OURS)]
        rows.sort(key=lambda row: (list(CASES).index(row.network), list(CORES).index(row.target)))
    results.save(SUITE, rows, commit=True)
    tables.write()
    say(f"{SUITE}: {results.REFERENCE / SUITE}.json and the documents' tables are written")


def main() -> int:
    """Run it; 2 where nothing could be measured."""
    options = arguments()
    try:
        rows = suite(options)
        if not rows:
            return 2
        path = results.save(SUITE, rows)
        print(f"{tables.full(rows)}\n\nrows in {path}")
        if options.commit:
            commit(rows)
    except (MeasureError, bare.BareError) as error:
        say(f"{SUITE}: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
