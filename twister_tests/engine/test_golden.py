# SPDX-License-Identifier: Apache-2.0
"""The device's golden values cannot drift from the engine on the host."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("tintin.engine", reason="the tintin package is not installed")
sys.path.insert(0, str(Path(__file__).resolve().parent))

import golden


@pytest.mark.parametrize("path", [golden.FOLDER / "network.tt", golden.FOLDER / "golden.h"])
def test_golden_files_are_what_the_host_engine_computes(path: Path) -> None:
    assert path.read_bytes() == golden.files()[path]
