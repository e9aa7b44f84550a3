# SPDX-License-Identifier: Apache-2.0
"""The engine under test must be the one that lies beside the tests."""

import importlib.util
from pathlib import Path

import pytest
from hypothesis import settings

from tintin.engine import source_digest

# A busy computer is no failure; what failed can be replayed.
settings.register_profile("tintin", deadline=None, print_blob=True)
settings.load_profile("tintin")

BUILD = Path(__file__).parents[1] / "engine" / "build.py"


def pytest_sessionstart() -> None:
    """Refuse to test an engine that was compiled from other C files than these."""
    spec = importlib.util.spec_from_file_location("engine_build", BUILD)
    assert spec is not None
    assert spec.loader is not None
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    if build.current_digest() != source_digest():
        pytest.exit("tintin._engine is older than its C files: run pip install -e scripts", 2)
