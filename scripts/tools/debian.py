# SPDX-License-Identifier: Apache-2.0
"""Install the Debian packages that are missing, where this runs as root; else say which."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

# What must be there, and the package that brings it.
PROGRAMS = {
    "cc": "gcc",
    "make": "make",
    "git": "git",
    "cmake": "cmake",
    "ninja": "ninja-build",
    "dtc": "device-tree-compiler",
    "arm-none-eabi-gcc": "gcc-arm-none-eabi",
    "qemu-system-arm": "qemu-system-arm",
}
SPECS = {"picolibc.specs": "picolibc-arm-none-eabi", "nano.specs": "libnewlib-arm-none-eabi"}


def missing() -> list[str]:
    """Packages whose program or file is not there."""
    lacking = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    lacking += [package for specs, package in SPECS.items() if not _compiler_has(specs)]
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        lacking.append("python3-dev")
    if importlib.util.find_spec("ensurepip") is None:
        lacking.append("python3-venv")
    return lacking


def _compiler_has(specs: str) -> bool:
    compiler = shutil.which("arm-none-eabi-gcc")
    if compiler is None:
        return False
    found = subprocess.run(
        [compiler, f"-print-file-name={specs}"], capture_output=True, text=True, check=False
    )
    return os.path.isabs(found.stdout.strip())


def main() -> None:
    """Install or tell; never fails: what needs a missing package says so itself."""
    packages = missing()
    if not packages:
        return
    words = " ".join(packages)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"not installed, and this is not root on Debian: {words}", file=sys.stderr)
        return
    print(f"installing Debian packages: {words}", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", *packages]):
        done = subprocess.run(
            ["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode != 0:
            print(f"apt-get {command[0]} failed: going on without {words}", file=sys.stderr)
            return


if __name__ == "__main__":
    main()
