# SPDX-License-Identifier: Apache-2.0
"""Where the instructions of a training step go, function by function.

    python benchmarks/instructions_profile.py --network LeNet-5 --target cortex-m55

QEMU names each instruction that it executes; two runs of different length, of which one begins with
the samples of the other, leave what the further steps take. Inlined functions count where they are
inlined. For work on the kernels: instructions.py has the figures, this what they are made of.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import Any

from instructions_measure import CORES, Lesson, bare, missing
from instructions_networks import CASES

BEFORE, STEPS = 1, 5  # samples of the shorter run, and of the longer beyond it
SHOWN = 0.005  # share of a step from which a function is shown
EXECUTED = re.compile(rb"\[[0-9a-f]+/([0-9a-f]+)/")  # one line of QEMU's log for each instruction


def functions(image: Any) -> tuple[list[int], list[str]]:
    """Where functions begin, ascending, and their names."""
    command = ["arm-none-eabi-nm", "--defined-only", str(image.path)]
    words = [line.split() for line in subprocess.check_output(command, text=True).splitlines()]
    code = sorted((int(at, 16) & ~1, name) for at, kind, name in words if kind in "tTwW")
    named = [(at, name) for at, name in code if not name.startswith("$")]
    return [at for at, _ in named], [name for _, name in named]


def executed(image: Any, job: Any) -> Counter[int]:
    """How often each instruction was executed, by its address."""
    found: Counter[int] = Counter()
    with tempfile.TemporaryDirectory(prefix="tintin-profile-") as name:
        log = Path(name) / "log"
        os.mkfifo(log)

        def count() -> None:
            with log.open("rb") as lines:
                found.update(m[1] for m in map(EXECUTED.search, lines) if m)

        reader = threading.Thread(target=count)
        reader.start()
        words = ("-singlestep", "-d", "exec,nochain", "-D", str(log))
        setting = bare.Setting(words=words)
        bare.execute(image, Path(name), (job.record, job.pack()), setting=setting)
        reader.join()
    return Counter({int(at, 16): times for at, times in found.items()})


def profile(core: str, start: bytes, lesson: Lesson) -> Counter[str]:
    """Instructions of a step by function."""
    image, counts = bare.build(CORES[core]), []
    lessons = [bare.learn(x, y) for x, y in zip(lesson.x, lesson.y, strict=True)]
    for steps in (BEFORE, BEFORE + STEPS):
        counts.append(executed(image, bare.Job(start, lessons[:steps])))
    counts[1].subtract(counts[0])
    begins, names = functions(image)
    result: Counter[str] = Counter()
    for at, times in counts[1].items():
        result[names[bisect_right(begins, at) - 1]] += times
    return result


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--network", choices=CASES, default=next(iter(CASES)))
    parser.add_argument("--target", choices=CORES, default="cortex-m3")
    parser.add_argument("--bits", type=int, choices=(8, 4, 0), default=8, help="of a fraction")
    parser.add_argument("--data-dir", type=Path, help="where MNIST's four idx files are")
    given = parser.parse_args()
    reason = missing(given.target)
    if reason:
        print(reason, file=sys.stderr)
        return 2
    case = CASES[given.network]
    lesson = Lesson.of(case, case.data(given.data_dir), BEFORE + STEPS)
    found = profile(given.target, lesson.starts[given.bits], lesson)
    total = found.total()
    print(f"{given.network} on {given.target}: {total / STEPS:,.0f} instructions a step")
    for name, times in found.most_common():
        if times >= SHOWN * total:
            print(f"{times / STEPS:12,.0f} {times / total:6.1%}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
