# SPDX-License-Identifier: Apache-2.0
"""Every benchmark in benchmarks/, one after another; `make bench` calls it. Names run only those.

A benchmark is a program there; it ends with 0, with 2 where its data is not to be had, or with
another code where its figures are not what is promised. Its rows go to build/NAME.json, all
together to build/bench.json, tables to stdout.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
PROGRAM = '\nif __name__ == "__main__":\n'
QUICK = "--quick"
OUTCOMES = {0: "passed", 2: "skipped"}

sys.path.append(str(FOLDER))
import results  # noqa: E402


def programs() -> dict[str, Path]:
    """The benchmarks by name; what they merely share is none."""
    paths = sorted(FOLDER.glob("*.py"))
    return {path.stem: path for path in paths if PROGRAM in path.read_text()}


def run(path: Path, data_dir: Path | None, *, quick: bool) -> str:
    """Run one benchmark: passed, failed or skipped."""
    environment = {**os.environ}
    if data_dir:
        environment["TINTIN_DATA"] = str(data_dir.resolve())
    if quick and f'"{QUICK}"' not in path.read_text():
        print(f"{path.stem}: skipped: it has no {QUICK} part")
        return "skipped"
    words = [QUICK] if quick else []
    command = [sys.executable, str(path), *words]
    code = subprocess.run(command, env=environment, check=False).returncode
    return OUTCOMES.get(code, "failed")


def main(options: argparse.Namespace) -> int:
    """Run the named benchmarks, or all; the exit code."""
    known = programs()
    unknown = set(options.names) - set(known)
    if unknown or not known:
        print(f"no benchmark {min(unknown, default='')}: {', '.join(known)}", file=sys.stderr)
        return 2
    outcomes = []
    for name in options.names or known:
        began = time.monotonic()
        print(f"== {name}", flush=True)
        outcomes.append(run(known[name], options.data_dir, quick=options.quick))
        print(f"== {name}: {outcomes[-1]} in {time.monotonic() - began:.0f} s", flush=True)
    print(f"all rows: {results.merge(known)}")
    print(", ".join(f"{outcomes.count(word)} {word}" for word in ("passed", "failed", "skipped")))
    return 1 if "failed" in outcomes else 0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these benchmarks")
    parser.add_argument(QUICK, action="store_true", help="the short part of those that have one")
    parser.add_argument("--data-dir", type=Path, help="data sets that do not come with a package")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(arguments()))
