# SPDX-License-Identifier: Apache-2.0
"""The whole firmware: no floating point, no malloc, at most 40 KB of RAM."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from image import ram_bytes, symbols
from twister_harness import DeviceAdapter

FLOAT = re.compile(
    r"__aeabi_(f|d|cf|cd|i2f|i2d|ui2f|ui2d|l2f|l2d|ul2f|ul2d|h2f|f2h|d2h)[a-z0-9_]*$"
    r"|__(add|sub|mul|div|neg|eq|ne|lt|le|gt|ge|unord|cmp)[sd]f[23]$"
    r"|__(fix|fixuns|float|floatun|extend|trunc)[sdthi]+f?[sdthi]*2?$"
)
MALLOC = re.compile(r"_?(malloc|calloc|realloc|free|sbrk)(_r)?$|k_(malloc|calloc|realloc)$")


@pytest.fixture
def build_dir(device_object: DeviceAdapter) -> Path:
    return Path(device_object.device_config.build_dir)


def test_the_image_holds_no_floating_point(build_dir: Path) -> None:
    names = symbols(build_dir)
    assert "tintin_predict" in names
    assert [name for name in names if FLOAT.match(name)] == []


def test_the_image_holds_no_malloc(build_dir: Path) -> None:
    assert [name for name in symbols(build_dir) if MALLOC.match(name)] == []


def test_the_firmware_takes_40_kb_of_ram_at_most(build_dir: Path) -> None:
    assert 10_000 < ram_bytes(build_dir) <= 40 * 1024


def test_these_patterns_do_find_what_they_look_for() -> None:
    for name in ("__aeabi_fadd", "__aeabi_dcmplt", "__aeabi_i2d", "__adddf3", "__fixsfsi"):
        assert FLOAT.match(name), name
    for name in ("__aeabi_uldivmod", "__aeabi_lmul", "__aeabi_idiv", "z_impl_k_float_disable"):
        assert not FLOAT.match(name), name
    assert MALLOC.match("malloc")
    assert not MALLOC.match("k_free_slots")
