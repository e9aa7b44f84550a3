# SPDX-License-Identifier: Apache-2.0
"""The checker catches what it is there to catch, and lets integers pass."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nofloat

CC = "arm-none-eabi-gcc"
pytestmark = pytest.mark.skipif(shutil.which(CC) is None, reason=f"{CC} is not installed")
SOFT = ("-mcpu=cortex-m3",)
HARD = ("-mcpu=cortex-m55", "-mfloat-abi=hard")

PLANTED = {
    "float": "float f(float a, float b) { return a + b; }",
    "heap": "#include <stddef.h>\nvoid *malloc(size_t n);\nvoid *f(void) { return malloc(4); }",
    "division64": "long long f(long long a, long long b) { return a / b; }",
}


def compiled(folder: Path, source: str, flags: tuple[str, ...] = SOFT) -> Path:
    (folder / "planted.c").write_text(source)
    out = folder / "planted.o"
    command = [CC, *flags, "-mthumb", "-O2", "-c", str(folder / "planted.c"), "-o", str(out)]
    subprocess.run(command, check=True)
    return out


@pytest.mark.parametrize("kind", PLANTED)
def test_what_is_planted_is_found(tmp_path: Path, kind: str) -> None:
    found = nofloat.check([compiled(tmp_path, PLANTED[kind])])
    assert [f.kind for f in found] == [kind]


EXPRESSIONS = [
    *("a - b", "a * b", "a / b", "a < b", "a == b", "-a * 3", "(int)a", "(unsigned)a"),
    *("(long long)a", "(unsigned long long)a", "a + i", "a + u", "a + l", "(float)(b * 2.0)"),
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("real", ["float", "double"])
def test_every_way_to_compute_a_float_is_found(tmp_path: Path, real: str, expression: str) -> None:
    source = f"""
    void f({real} a, {real} b, int i, unsigned u, long long l, void *out)
    {{
        __typeof__({expression}) result = {expression};
        __builtin_memcpy(out, &result, sizeof(result));
    }}"""
    assert {f.kind for f in nofloat.check([compiled(tmp_path, source)])} == {"float"}


def test_floats_in_hardware_are_found(tmp_path: Path) -> None:
    found = nofloat.check([compiled(tmp_path, PLANTED["float"], HARD)])
    assert [f.kind for f in found] == ["float"]
    assert found[0].what.startswith("vadd.f32")


def test_integers_pass(tmp_path: Path) -> None:
    source = "unsigned f(unsigned a, unsigned b, long long c) { return a / b + (unsigned)(c * c); }"
    assert nofloat.check([compiled(tmp_path, source, ("-mcpu=cortex-m0",))]) == []


def test_a_file_that_is_no_object_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")
    command = [sys.executable, nofloat.__file__, str(tmp_path / "text")]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 2
