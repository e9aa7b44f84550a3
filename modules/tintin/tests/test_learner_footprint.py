# SPDX-License-Identifier: Apache-2.0
"""What the learner costs on Cortex-M3: code and RAM, measured by the compiler for it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

TINTIN = Path(__file__).resolve().parents[1]
PARTS = ("replay.c", "replay_choice.c", "drift.c", "guard.c")
LEARNER = ("learner.c", "learner_work.c", "learner_judge.c", "learner_open.c", "method.c")
TARGET = ("-mcpu=cortex-m3", "-mthumb", "-std=c11", "-ffunction-sections")

DOCUMENT = TINTIN.parents[1] / "doc" / "lifelong-on-device.md"
SPREAD = 0.03  # between compilers that make the same of it

MOST_CODE = 4096  # of replay, drift and guard together
MOST_RAM = 512  # of the learner's state and handle, the buffer and the class table aside
MOST_LEARNER = 6000  # of the policy above them, no method or head included

pytestmark = pytest.mark.skipif(
    shutil.which("arm-none-eabi-gcc") is None, reason="arm-none-eabi-gcc is not installed"
)


def compiled(source: Path, tmp_path: Path, optimize: str) -> Path:
    out = tmp_path / f"{source.stem}{optimize}.o"
    include = f"-I{TINTIN / 'include'}"
    subprocess.run(
        ["arm-none-eabi-gcc", *TARGET, optimize, include, "-c", str(source), "-o", str(out)],
        check=True,
    )
    return out


def sizes(files: tuple[str, ...], tmp_path: Path, optimize: str) -> tuple[int, int]:
    """Bytes of code with constants, and of static RAM."""
    objects = [str(compiled(TINTIN / "src" / name, tmp_path, optimize)) for name in files]
    out = subprocess.run(
        ["arm-none-eabi-size", *objects], check=True, capture_output=True, text=True
    ).stdout
    rows = [line.split() for line in out.splitlines()[1:]]
    return sum(int(r[0]) for r in rows), sum(int(r[1]) + int(r[2]) for r in rows)


@pytest.mark.parametrize("optimize", ["-Os", "-O2"])
def test_replay_drift_and_guard_are_4_kb_of_code_and_no_static_ram(
    tmp_path: Path, optimize: str
) -> None:
    code, ram = sizes(PARTS, tmp_path, optimize)
    learner, learner_ram = sizes(LEARNER, tmp_path, optimize)
    print(f"\n{optimize}: replay, drift, guard {code} bytes of code; the policy {learner}")
    assert code <= MOST_CODE
    assert learner <= MOST_LEARNER
    assert ram == learner_ram == 0


def test_their_state_takes_512_bytes_beside_the_buffer(tmp_path: Path) -> None:
    source = tmp_path / "state.c"
    names = ("tintin_learner_state", "tintin_learner")
    lines = [f"char size_{name}[sizeof(struct {name})];" for name in names]
    source.write_text("#include <tintin/learner.h>\n" + "\n".join(lines) + "\n")
    out = subprocess.run(
        ["arm-none-eabi-nm", "-S", str(compiled(source, tmp_path, "-Os"))],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = {m[2]: int(m[1], 16) for m in re.finditer(r" ([0-9a-f]{8}) B size_(\w+)", out)}
    print(f"\n{found}")
    assert sum(found.values()) <= MOST_RAM
    assert stated(r"table (\d+) bytes, (\d+) of them state") == [
        sum(found.values()),
        found["tintin_learner_state"],
    ]


def stated(pattern: str) -> list[int]:
    """The figures of the document."""
    text = re.sub(r"\s+", " ", DOCUMENT.read_text())
    match = re.search(pattern, text)
    assert match, f"{DOCUMENT.name} has no figures like {pattern!r}"
    return [int(figure.replace(",", "")) for figure in match.groups()]


def test_the_document_states_what_the_compiler_makes_of_it(tmp_path: Path) -> None:
    figures = stated(
        r"([\d,]+) bytes for replay, drift and guard together, ([\d,]+) for the policy"
    )
    for figure, files in zip(figures, (PARTS, LEARNER), strict=True):
        code, _ = sizes(files, tmp_path, "-Os")
        assert abs(figure - code) <= SPREAD * code, f"{figure} in the document, {code} measured"
