# SPDX-License-Identifier: Apache-2.0
"""What a learning step of every application's network takes on a Cortex-M3, beside float32 in C.

Instructions and RAM, by the machinery of instructions.py: the same checks, the same float C. The
samples are features by the application's pipeline; a network learns up to 2000 of its training
samples on this computer, and the steps that are counted are on samples of its new world. Ends with
exit code 1 where a figure to reach is not reached in the memory mode that the device keeps. Five
minutes; --quick: bearing and spectrum.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

import instructions_tables
import results
from instructions_measure import (
    ARENA,
    FLOAT,
    MODES,
    OURS,
    PLAIN,
    RAM,
    STACK,
    STATIC,
    STEP,
    Lesson,
    MeasureError,
    Subject,
    bare,
    measure,
    missing,
)
from instructions_networks import SEED, Case
from results import Row
from signals_trials import prepared
from tintin.data import Dataset
from tintin.errors import TintinError
from tintin.files import write_atomically
from tintin.signals.application import NAMES, load

SUITE = "signals_cost"
CORE = "cortex-m3"
LESSONS = 2000
FINEST = MODES[8]
SUBJECTS = (*(Subject(OURS, mode) for mode in MODES.values()), Subject(FLOAT, PLAIN))
PARTS = {RAM: "RAM", ARENA: "weights and buffers", STACK: "stack", STATIC: "variables"}
IN_PARTS = "spectrum"  # whose RAM is so little that all of it counts
QUICK = ("bearing", "spectrum")
FEWER, LOWER = 5.6, 40.0  # times fewer instructions, % less RAM: to be reached
PAGE = Path(__file__).resolve().parents[1] / "doc" / "signals.md"
BEGIN, END = "<!-- signals_cost:begin -->\n", "<!-- signals_cost:end -->\n"


def lesson(name: str, data_dir: Path | None) -> Lesson:
    """An application's network after some training, and samples of its new world."""
    application, s = prepared(name, data_dir)
    x, y = s.vectors.features, s.label
    order = np.random.RandomState(SEED).permutation(len(y))
    test = s.test[order]
    data = Dataset(x[order][~test], y[order][~test], x[order][test], y[order][test])
    case = Case(name, lambda: application.model, lambda _: (name, data), LESSONS)
    return Lesson.of(case, (name, data))


def rows_of(name: str, data_dir: Path | None) -> Iterator[Row]:
    """The figures of every subject. Raises TintinError, bare.BareError, MeasureError."""
    one = lesson(name, data_dir)
    for subject in SUBJECTS:
        for row in measure(one, CORE, subject):
            if row.metric in (STEP, *PARTS):
                yield replace(row, suite=SUITE, method=subject.method)
        say(f"{name}: {subject.engine}, {subject.method}")


def kept(name: str) -> str:
    """The memory mode of an application's device."""
    bits = load(name).device.fraction_bits
    return MODES[max(MODES) if bits is None else bits]


@dataclass(frozen=True)
class Comparison:
    """An application's step and RAM by method, and which of the integers' its device keeps."""

    own: str
    step: dict[str, float]
    ram: dict[str, float]

    @classmethod
    def of(cls, rows: Sequence[Row], name: str) -> Comparison:
        """Of an application's rows."""
        own = [row for row in rows if row.network == name]
        steps = {row.method: row.value for row in own if row.metric == STEP}
        return cls(kept(name), steps, {row.method: row.value for row in own if row.metric == RAM})

    @property
    def fewer(self) -> float:
        """Times."""
        return self.step[PLAIN] / self.step[self.own]

    def lower(self, method: str) -> float:
        """Per cent."""
        return 100 * (1 - self.ram[method] / self.ram[PLAIN])


def table(rows: Sequence[Row]) -> str:
    """A line for each application that was measured."""
    header = ["application, as its device learns", "float32 C, step", "Tin-Tin, step"]
    header += ["times fewer", "RAM float32", "RAM Tin-Tin", "lower", f"RAM, {FINEST}", "lower"]
    lines = []
    for name in dict.fromkeys(row.network for row in rows):
        c, number = Comparison.of(rows, name), instructions_tables.number
        cells = [number(c.step[PLAIN]), number(c.step[c.own]), f"{c.fewer:.1f}"]
        cells.append(number(c.ram[PLAIN]))
        for method in (c.own, FINEST):
            cells += [number(c.ram[method]), f"{c.lower(method):.0f} %"]
        lines.append([f"{name}, {c.own}", *cells])
    return results.markdown(header, lines)


def parts(rows: Sequence[Row]) -> str:
    """Of what the smallest application's RAM is made."""
    own = {(row.method, row.metric): row.value for row in rows if row.network == IN_PARTS}
    methods = [m for m in (PLAIN, *MODES.values()) if (m, ARENA) in own]
    number = instructions_tables.number
    lines = [[m, *(number(own[m, metric]) for metric in PARTS)] for m in methods]
    return results.markdown([f"{IN_PARTS}, bytes", *PARTS.values()], lines)


def missed(rows: Sequence[Row]) -> list[str]:
    """What is not as much better as it is to be, a line each."""
    lines = []
    for name in dict.fromkeys(row.network for row in rows):
        c = Comparison.of(rows, name)
        if c.fewer < FEWER:
            lines.append(f"{name}: {c.fewer:.1f} times fewer instructions, to be {FEWER}")
        if c.lower(c.own) < LOWER:
            lines.append(f"{name}: {c.lower(c.own):.0f} % less RAM, to be {LOWER:.0f}")
    return lines


def keep(rows: Sequence[Row]) -> None:
    """Make these rows the reference, beside those of other applications, and renew the page."""
    path = results.REFERENCE / f"{SUITE}.json"
    old = results.reference(SUITE) if path.is_file() else []
    new = {row.network for row in rows}
    every = [*(row for row in old if row.network not in new), *rows]
    every.sort(key=lambda row: NAMES.index(row.network))
    results.save(SUITE, every, commit=True)
    write_atomically(PAGE, rendered(PAGE.read_text(), every).encode())


def rendered(text: str, rows: Sequence[Row]) -> str:
    """The page with its table made anew."""
    text = instructions_tables.between(text, SUITE, f"{table(rows)}\n")
    return instructions_tables.between(text, f"{SUITE}_parts", f"{parts(rows)}\n")


def say(line: str) -> None:
    """Progress, on stderr."""
    print(f"{SUITE}: {line}", file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--data-dir", type=Path, help="where the data sets are (or $TINTIN_DATA)")
    parser.add_argument("--commit", action="store_true", help="renew what the documents show")
    parser.add_argument("--render", action="store_true", help="only renew the page's table")
    parser.add_argument("--quick", action="store_true", help=" and ".join(QUICK))
    return parser.parse_args()


def main() -> int:
    """Run it; 2 where nothing could be measured."""
    options, rows = arguments(), []
    if options.render:
        keep(results.reference(SUITE))
        return 0
    reason = missing(CORE)
    if reason:
        say(f"skipped: {reason}")
        return 2
    for name in options.names or (QUICK if options.quick else NAMES):
        try:
            rows += rows_of(name, options.data_dir)
        except TintinError as error:
            say(f"{name} skipped: {error}")
        except (MeasureError, bare.BareError) as error:
            say(f"{name}: {error}")
            return 1
    if not rows:
        return 2
    results.save(SUITE, rows)
    if options.commit:
        keep(rows)
    print(table(rows))
    problems = missed(rows)
    for problem in problems:
        say(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
