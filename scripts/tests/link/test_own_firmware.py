# SPDX-License-Identifier: Apache-2.0
"""A description of the user's own, from recordings to the configuration of a firmware."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from tintin.cli.app import app
from tintin.demo import workspace, zephyr

ROOT = Path(__file__).parents[3]
TREE = zephyr.find(ROOT, ROOT / workspace.DEPS)
COMPILER = "arm-none-eabi-gcc"


def run(*words: object) -> Any:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(name="own")
def _own(tmp_path: Path) -> Path:
    """pump.json and pump.npz: bands as bearing has them, of shorter windows."""
    text = (files("tintin.signals") / "applications" / "bearing.json").read_text()
    data = json.loads(text)
    data["pipeline"] |= {"window": 512, "bands": 16}
    data["layers"][0]["dense"]["outputs"] = 12
    (tmp_path / "pump.json").write_text(json.dumps(data))
    readings = np.random.default_rng(1).integers(-999, 999, (5000, 1)).astype(np.int16)
    facts = {"y": [0, 1, 9], "domain": [0, 0, 1], "test": [False, False, True]}
    np.savez(tmp_path / "pump.npz", readings=readings, offset=[0, 1024, 3000, 5000], **facts)
    return tmp_path


@pytest.mark.skipif(TREE is None, reason="no Zephyr tree: no firmware is configured")
@pytest.mark.skipif(shutil.which(COMPILER) is None, reason=f"no {COMPILER}")
def test_a_folder_outside_the_tree_is_built_and_may_be_moved(own: Path) -> None:
    assert TREE is not None
    model = own / "pump.tt"
    description, folder = own / "pump.json", own / "pump"
    run("pretrain", description, "--data-dir", own, "--passes", 1, "-o", model)
    said = run("application", description, "--model", model, "-o", folder)
    assert f"-DAPPLICATION={folder}" in said
    moved = folder.rename(own / "moved")
    west = [sys.executable, "-m", "west", "build", "--cmake-only", "-b", zephyr.BOARD]
    words = [*west, str(ROOT / "app"), "-d", str(own / "build"), "--", f"-DAPPLICATION={moved}"]
    where = {"cwd": TREE.workspace, "env": TREE.environment(), "stdin": subprocess.DEVNULL}
    done = subprocess.run(words, **where, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rules = (own / "build" / "build.ninja").read_text()
    assert f"--file {moved}/model.tt" in rules
    assert f"--file {moved}/model.centres" in rules


def test_synthetic_signals_of_an_own_description_are_refused_with_the_way_out(own: Path) -> None:
    words = ["application", str(own / "pump.json"), "--synthetic", "-o", str(own / "out")]
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, (own / "out").exists()) == (2, False)
    assert "`tintin pretrain` it with recordings of yours, and give --model" in result.stderr
