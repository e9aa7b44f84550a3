# SPDX-License-Identifier: Apache-2.0
"""Everything that CI runs, step by step; `make test` calls it. Steps can be named to run only them.

Ends with one line that counts the steps: 'N passed, N failed, N skipped'.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tintin.demo import zephyr

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
C_TESTS = ROOT / "modules" / "tintin" / "tests"
OUT = ROOT / "build"


@dataclass(frozen=True)
class Step:
    """Commands that must all succeed, or the reason why they are not run."""

    name: str
    commands: tuple[tuple[str, ...], ...]
    folder: Path = ROOT
    environment: dict[str, str] | None = None
    skipped: str = ""


def _python(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", *words)


def lint() -> Step:
    """Style of all Python files, each folder by its own ruff.toml, and types of the package."""
    folders = [
        str(path) for path in (SCRIPTS, ROOT / "benchmarks", ROOT / "twister_tests", C_TESTS)
    ]
    style = (("ruff", "check", *folders), ("ruff", "format", "--check", "-q", *folders))
    return Step(
        "lint", tuple(_python(*words) for words in (*style, ("mypy", "-p", "tintin"))), SCRIPTS
    )


def python() -> Step:
    """The package, the link, the NumPy twin; the firmware's golden values are the host's."""
    golden = str(ROOT / "twister_tests" / "engine" / "test_golden.py")
    return Step(
        "python", tuple(_python("pytest", "-q", path) for path in ("tests", golden)), SCRIPTS
    )


def native() -> Step:
    """C tests under sanitizers, power cuts, fuzzing, bare Cortex-M in QEMU."""
    command = ("make", "-k", "-C", str(C_TESTS), f"PYTHON={sys.executable}")
    return Step("c", (command,))


def twister() -> Step:
    """The firmware's tests on qemu_cortex_m3, where there is a Zephyr tree."""
    tree = zephyr.find(ROOT, ROOT / "deps")
    if tree is None:
        reason = "no Zephyr tree: set ZEPHYR_BASE, or work in a west workspace"
        return Step("twister", (), skipped=f"firmware tests skipped: {reason}")
    roots = ("twister_tests", "app", "modules/tintin/samples")
    command = [sys.executable, str(tree.base / "scripts" / "twister")]
    for root in roots:
        command += ["-T", str(ROOT / root)]
    module = ROOT / "modules" / "tintin"
    command += [f"-x=ZEPHYR_EXTRA_MODULES={module}", "--outdir", str(OUT / "twister")]
    command += ["--clobber-output", "--inline-logs", "--no-detailed-test-id", "-j", "2"]
    platforms = ("qemu_cortex_m3", "qemu_cortex_m0", "mps2/an385")
    command += [word for platform in platforms for word in ("-p", platform)]
    return Step("twister", (tuple(command),), tree.workspace, tree.environment())


STEPS: dict[str, Callable[[], Step]] = {
    "lint": lint,
    "python": python,
    "c": native,
    "twister": twister,
}


def run(step: Step) -> bool:
    """Run a step's commands until one fails."""
    for command in step.commands:
        environment = step.environment or {**os.environ}
        done = subprocess.run(command, cwd=step.folder, env=environment, check=False)
        if done.returncode != 0:
            return False
    return True


def main(names: list[str]) -> int:
    """Run the named steps, or all; the exit code."""
    unknown = set(names) - set(STEPS)
    if unknown:
        print(f"no step {min(unknown)}: {', '.join(STEPS)}", file=sys.stderr)
        return 2
    results: dict[str, str] = {}
    for name in names or STEPS:
        step = STEPS[name]()
        began = time.monotonic()
        print(f"== {name} {step.skipped}".rstrip(), flush=True)
        results[name] = "skipped" if step.skipped else "passed" if run(step) else "failed"
        print(f"== {name}: {results[name]} in {time.monotonic() - began:.0f} s", flush=True)
    counts = {word: list(results.values()).count(word) for word in ("passed", "failed", "skipped")}
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
