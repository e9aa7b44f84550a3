# SPDX-License-Identifier: Apache-2.0
"""Where the project's sources are: the demo builds them."""

from __future__ import annotations

from pathlib import Path

from tintin.demo.errors import DemoError

APP = Path("app")
MODEL = APP / "models" / "digits.tt"
MODULE = Path("modules/tintin")
BARE = MODULE / "tests" / "bare"
BUILD = Path("build") / "demo"


def root(start: Path | None = None) -> Path:
    """The checkout around a folder. Raises DemoError."""
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / MODEL).is_file() and (folder / MODULE / "zephyr").is_dir():
            return folder
    raise DemoError(f"{start} is not inside a checkout of Tin-Tin: the demo builds its firmware")
