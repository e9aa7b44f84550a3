# SPDX-License-Identifier: Apache-2.0
"""Every benchmark in benchmarks/, one after another; `make bench` calls it. Names run only those.

A benchmark is a program there; it ends with 0, with 2 where its data is not to be had, or with
another code where its figures are not what is promised. Rows go to build/, tables to stdout.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
PROGRAM = '\nif __name__ == "__main__":\n'
OUTCOMES = {0: "passed", 2: "skipped"}


def programs() -> dict[str, Path]:
    """The benchmarks by name; what they merely share is none."""
    paths = sorted(FOLDER.glob("*.py"))
    return {path.stem: path for path in paths if PROGRAM in path.read_text()}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all; the exit code."""
    known = programs()
    unknown = set(names) - set(known)
    if unknown or not known:
        print(f"no benchmark {min(unknown, default='')}: {', '.join(known)}", file=sys.stderr)
        return 2
    outcomes = []
    for name in names or known:
        began = time.monotonic()
        print(f"== {name}", flush=True)
        code = subprocess.run([sys.executable, str(known[name])], check=False).returncode
        outcomes.append(OUTCOMES.get(code, "failed"))
        print(f"== {name}: {outcomes[-1]} in {time.monotonic() - began:.0f} s", flush=True)
    print(", ".join(f"{outcomes.count(word)} {word}" for word in ("passed", "failed", "skipped")))
    return 1 if "failed" in outcomes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
