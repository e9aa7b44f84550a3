# SPDX-License-Identifier: Apache-2.0
"""What the Python tests of the module share."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def model() -> Callable[[str], bytes]:
    """Records of common/model_named.c by file name: "mlp-8", "cnn-inference-4", ..."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    subprocess.run(["make", "-s", "-C", str(HERE), "models"], check=True, env=environment)
    return lambda name: (HERE / "build" / "models" / f"{name}.tt").read_bytes()
