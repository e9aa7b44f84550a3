#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hold every kernel variant of a target against the reference, in QEMU or on this computer.

    python kernels.py m3                                         thousands of trials of each kernel
    python kernels.py m55 --kernel tt_mve_axpy --seed 0x9e3779b9 --trials 1      one of them again

A failure prints the kernel, where it differs, the shape and the seed that replays it. Exit code 0:
all equal, 1: some are not, 2: this computer lacks a tool. Standard library only.
"""

from __future__ import annotations

import argparse
import re
import struct
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "bare"))

import bare  # noqa: E402

TRIALS = 4000
_JOB = struct.Struct("<4sIII44s")
_VARIANT = re.compile(r"^tt_(?:scalar|dsp|mve)_\w+$")


@dataclass(frozen=True)
class Outcome:
    """What a run said of each kernel: trials that were unequal; failures as sentences."""

    unequal: dict[str, int]
    failures: list[str]


def build(target: str, *, strict: bool = False) -> bare.Image:
    """Compile the test for "host", "m0", "m3", "m4" or "m55"; the host's with sanitizers."""
    out = HERE.parent / "build" / "kernels" / target
    bare.make(HERE, f"TARGET={target}", f"BUILD={out}", f"STRICT={strict:d}")
    return bare.Image(target, out / "kernels", out / "libtintin.a")


def run(
    image: bare.Image, seed: int, trials: int, only: str = "", *, broken: bool = False
) -> Outcome:
    """Run trials seed, seed + golden ratio, ... of the kernels whose names begin with `only`.

    broken: of those that are wrong on purpose, to try the test itself.
    """
    job = _JOB.pack(b"KRNL", seed & 0xFFFFFFFF, trials, broken, only.encode())
    with tempfile.TemporaryDirectory(prefix="tintin-kernels-") as folder:
        text = bare.execute(image, Path(folder), (bytes(4), job)).decode()
    lines = text.splitlines()
    if not lines or lines[-1] != "end":
        raise bare.BareError(f"{image.target}: the test did not come to its end: {text[-300:]}")
    closing = re.compile(r"(\w+) (?:ok|FAILED) trials=\d+ unequal=(\d+)")
    found = [closing.fullmatch(line) for line in lines]
    failures = [line for line, match in zip(lines, found, strict=True) if match is None][:-1]
    return Outcome({m[1]: int(m[2]) for m in found if m}, failures)


def variants(image: bare.Image) -> set[str]:
    """The kernels that the library for this target has, beside the reference's."""
    tool = "nm" if image.target == bare.HOST else "arm-none-eabi-nm"
    command = [tool, "-g", "--defined-only", str(image.library)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1] for line in out.splitlines() if " T " in line}
    return {name for name in names if _VARIANT.match(name)}


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", choices=[bare.HOST, *bare.TARGETS])
    parser.add_argument("--kernel", default="", help="only those whose names begin so")
    parser.add_argument("--seed", default="1", help="of the first trial (1)")
    parser.add_argument("--trials", type=int, default=TRIALS, help=f"of each kernel ({TRIALS})")
    given = parser.parse_args()
    reason = bare.missing(given.target)
    if reason:
        print(reason, file=sys.stderr)
        return 2
    outcome = run(build(given.target), int(given.seed, 0), given.trials, given.kernel)
    for failure in outcome.failures:
        print(failure)
    for name, unequal in outcome.unequal.items():
        print(f"{name}: {f'{unequal} of {given.trials} UNEQUAL' if unequal else 'equal'}")
    return 1 if any(outcome.unequal.values()) or not outcome.unequal else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except bare.BareError as error:
        sys.exit(str(error))
