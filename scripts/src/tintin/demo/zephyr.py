# SPDX-License-Identifier: Apache-2.0
"""Finding a Zephyr tree by Zephyr's own means, and building with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tintin.demo.errors import DemoError
from tintin.demo.repository import APP

BOARD = "qemu_cortex_m3"
REGISTRY = Path(".cmake/packages/Zephyr")


@dataclass(frozen=True)
class Zephyr:
    """A Zephyr tree, and the west workspace that it lies in, if any."""

    base: Path

    @property
    def workspace(self) -> Path:
        """Where west runs: the folder with .west above the tree, else the tree."""
        for folder in self.base.parents:
            if (folder / ".west").is_dir():
                return folder
        return self.base

    def environment(self) -> dict[str, str]:
        """The environment of a build: this tree, this Python, and a toolchain."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
        return {**os.environ, **_toolchain(os.environ), "ZEPHYR_BASE": str(self.base), "PATH": path}


def _toolchain(environment: Mapping[str, str]) -> dict[str, str]:
    """Debian's compiler where the user has not chosen another."""
    if "ZEPHYR_TOOLCHAIN_VARIANT" in environment or "ZEPHYR_SDK_INSTALL_DIR" in environment:
        return {}
    compiler = shutil.which("arm-none-eabi-gcc")
    if compiler is None:
        return {}
    folder = str(Path(compiler).parent.parent)
    return {"ZEPHYR_TOOLCHAIN_VARIANT": "gnuarmemb", "GNUARMEMB_TOOLCHAIN_PATH": folder}


def _candidates(starts: Iterable[Path]) -> Iterator[Path]:
    for start in starts:
        for folder in (start, *start.parents):
            if (folder / ".west").is_dir():
                yield folder / "zephyr"
    registry = Path.home() / REGISTRY
    for entry in sorted(registry.iterdir()) if registry.is_dir() else ():
        yield Path(entry.read_text().strip()).parents[2]  # <base>/share/zephyr-package/cmake


def _is_tree(base: Path) -> bool:
    return (base / "VERSION").is_file() and (base / "cmake").is_dir()


def find(*starts: Path) -> Zephyr | None:
    """ZEPHYR_BASE, a west workspace around one of `starts`, or a tree that Zephyr registered.

    A ZEPHYR_BASE that leads nowhere is passed over with a line on stderr.
    """
    wanted = os.environ.get("ZEPHYR_BASE")
    if wanted and _is_tree(Path(wanted)):
        return Zephyr(Path(wanted).resolve())
    if wanted:
        print(f"ZEPHYR_BASE is passed over: no Zephyr tree in {wanted}", file=sys.stderr)
    for base in _candidates(start.resolve() for start in starts):
        if _is_tree(base):
            return Zephyr(base.resolve())
    return None


def build(zephyr: Zephyr, root: Path, out: Path, *definitions: str) -> Path:
    """Build the application for QEMU; its zephyr.elf. Raises DemoError with the log's place.

    `definitions` are CMake's, such as -DAPPLICATION=bearing.
    """
    west = [sys.executable, "-m", "west", "build", "-p", "auto", "-b", BOARD]
    options = ["--", *definitions] if definitions else []
    log = out.with_suffix(".log")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as file:
        done = subprocess.run(
            [*west, str(root / APP), "-d", str(out), *options],
            cwd=zephyr.workspace,
            env=zephyr.environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        raise DemoError(f"the firmware does not build: see {log}")
    return out / "zephyr" / "zephyr.elf"
