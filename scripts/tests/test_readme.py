# SPDX-License-Identifier: Apache-2.0
"""What the README shows is what is there."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
SAMPLE = ROOT / "modules" / "tintin" / "samples" / "minimal"


def test_the_example_is_the_sample_that_twister_builds_and_runs() -> None:
    shown = re.search(r"```c\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    assert shown[1].strip() == (SAMPLE / "src" / "main.c").read_text().strip()
    assert (SAMPLE / "sample.yaml").is_file()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", README))))
def test_links_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"make (\w+) +#", README))))
def test_its_make_commands_exist(command: str) -> None:
    assert re.search(rf"^{command}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_python_example_learns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "scripts" / "README.md").read_text()
    code = textwrap.dedent(text[text.index("    from tintin.data") :])
    names: dict[str, Any] = {}
    exec(code, names)
    assert (names["labels"] == names["data"].y_test).mean() > 0.8
    assert (tmp_path / "digits.tt").stat().st_size > 0
