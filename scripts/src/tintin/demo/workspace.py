# SPDX-License-Identifier: Apache-2.0
"""A Zephyr tree where there is none: a west workspace over the project's own manifest."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tintin.demo.errors import NoZephyrError
from tintin.demo.zephyr import Zephyr, find
from tintin.link.qemu import PROGRAM

DEPS = Path("deps")  # not tracked by git
LOOK = 8.0  # s for the question whether the network reaches the manifest's remote
NARROW = ("--narrow", "-o=--depth=1")  # the pinned revisions and nothing of their history


def _west(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "west", *words]
    return subprocess.run(command, cwd=cwd, text=True, capture_output=True, check=False)


def _remote(root: Path) -> str:
    """Where the manifest gets Zephyr from."""
    found = re.search(r"url-base:\s*(\S+)", (root / "west.yml").read_text())
    if found is None:
        raise NoZephyrError("west.yml names no remote")
    return f"{found[1]}/zephyr"


def reachable(url: str) -> bool:
    """Does a git server answer there, within seconds?"""
    command = ["git", "-c", "http.lowSpeedTime=5", "-c", "credential.helper=", "ls-remote", "-q"]
    try:
        done = subprocess.run(
            [*command, url, "HEAD"],
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LOOK,
            check=False,
        )
    except (subprocess.TimeoutExpired, OSError):
        return False
    return done.returncode == 0


def _manifest(root: Path) -> Path:
    """A workspace in deps/: its manifest folder holds a copy of west.yml and nothing else."""
    folder = root / DEPS / "manifest"
    folder.mkdir(parents=True, exist_ok=True)
    text = (root / "west.yml").read_text()
    # The copy has no west commands beside it, and is not the module: the build names that itself.
    (folder / "west.yml").write_text(re.sub(r"(?m)^\s*west-commands:.*\n", "", text))
    return folder


def fetch(root: Path, say: Callable[[str], None]) -> Zephyr:
    """Bring the pinned Zephyr into deps/. Raises NoZephyrError, in seconds without a network."""
    if shutil.which("git") is None:
        raise NoZephyrError("git is not installed")
    url = _remote(root)
    if not reachable(url):
        raise NoZephyrError(f"no network to {url}")
    folder = _manifest(root)
    if not (root / DEPS / ".west").is_dir():
        done = _west("init", "-l", str(folder), cwd=root / DEPS)
        if done.returncode != 0:
            raise NoZephyrError(f"west init failed: {_last_line(done.stderr)}")
    say("getting Zephyr and its modules into deps/ (once, some minutes)")
    done = _west("update", *NARROW, cwd=root / DEPS)
    if done.returncode != 0:
        raise NoZephyrError(f"west update failed: {_last_line(done.stderr)}")
    return Zephyr(root / DEPS / "zephyr")


def tree(root: Path, say: Callable[[str], None]) -> Zephyr:
    """The Zephyr tree that there is, else one that is fetched. Raises NoZephyrError."""
    if shutil.which(PROGRAM) is None:
        raise NoZephyrError(f"{PROGRAM} is not installed")
    return find(root, root / DEPS) or fetch(root, say)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"
