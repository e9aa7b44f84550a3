#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What must not be in a Tin-Tin build: floating point, a heap, 64-bit division.

    nofloat.py zephyr.elf libtintin.a            all of them
    nofloat.py --kind float --kind heap app.elf   in an image whose kernel divides 64 bits

Looks at the symbols that `nm` lists (defined or only referred to), and at the instructions of
processors that compute floats in hardware. Prints one line a file; exit code 1 when it found
something, 2 when a file cannot be read. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

KINDS = {
    # Arm's run-time ABI (IHI 0043, 4.1), then libgcc's own names, then printing and <math.h>.
    "float": re.compile(
        r"__aeabi_(c?[fd](add|sub|rsub|mul|div|neg|cmp\w*|2\w+)|[iul]+2[fd]|h2[fd]\w*|[fd]2h\w*)"
        r"|__(add|sub|mul|div|neg|eq|ne|lt|le|gt|ge|cmp|unord|pow)i?[sdth]f[23]"
        r"|__(fix|fixuns|float|floatun|extend|trunc)[sdth][fi][sdth][fi]2?"
        r"|__gnu_[fhd]2[fhd]_\w+"
        r"|(_|__)[df]toa(_r|_engine)?|__[fd]_v?fprintf|__dtox_engine|strto(f|d|ld)|atof"
        r"|(sqrt|exp|exp2|log|log2|log10|pow|tanh|sin|cos|floor|ceil|round|lround|fabs|fma)[fl]?"
    ),
    "heap": re.compile(r"_?(malloc|calloc|realloc|free|memalign|reallocarray)(_r)?|_?sbrk"),
    "division64": re.compile(r"__aeabi_u?ldivmod|__u?(div|mod|divmod)di[34]"),
}
_FLOAT_INSTRUCTION = re.compile(r"\tv\w+(?:\.\w+)*\.(?:f16|f32|f64)(?:\.\w+)*\b")


class UnreadableError(RuntimeError):
    """The tool could not read the file; the text is its reason."""


@dataclass(frozen=True)
class Finding:
    """One thing that must not be there."""

    file: str
    kind: str
    what: str


def offenders(symbols: Iterable[str], kinds: Iterable[str] = KINDS) -> list[tuple[str, str]]:
    """Of these symbol names, the forbidden ones, as (kind, name)."""
    return [
        (kind, name)
        for name in sorted(set(symbols))
        for kind in kinds
        if KINDS[kind].fullmatch(name)
    ]


def symbols(path: Path, prefix: str = "arm-none-eabi-") -> list[str]:
    """Every symbol that an object, library or image defines or refers to."""
    lines = _tool([f"{prefix}nm", str(path)]).splitlines()
    return [line.split()[-1] for line in lines if " " in line]


def float_instructions(path: Path, prefix: str = "arm-none-eabi-") -> list[str]:
    """Floating-point arithmetic in hardware, each mnemonic once."""
    found = _FLOAT_INSTRUCTION.findall(_tool([f"{prefix}objdump", "-d", str(path)]))
    return sorted({text.strip() for text in found})


def check(
    paths: Iterable[Path], kinds: Iterable[str] = KINDS, prefix: str = "arm-none-eabi-"
) -> list[Finding]:
    """All that must not be in these files. Raises UnreadableError."""
    kinds = list(kinds)
    found = []
    for path in paths:
        bad = offenders(symbols(path, prefix), kinds)
        if "float" in kinds:
            bad += [("float", text) for text in float_instructions(path, prefix)]
        found += [Finding(str(path), kind, what) for kind, what in bad]
    return found


def _tool(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise UnreadableError(f"{command[0]} is not installed") from error
    if done.returncode != 0:
        raise UnreadableError(done.stderr.strip() or f"{command[0]} failed")
    return done.stdout


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, nargs="+", help="object, library or linked image")
    parser.add_argument(
        "--kind", action="append", choices=sorted(KINDS), help="look for this only (default: all)"
    )
    parser.add_argument("--prefix", default="arm-none-eabi-", help="of nm and objdump")
    parser.add_argument("--json", action="store_true", help="answer as JSON")
    return parser.parse_args()


def main() -> int:
    """Command line; see the module's text."""
    arguments = _arguments()
    try:
        found = check(arguments.file, arguments.kind or KINDS, arguments.prefix)
    except UnreadableError as error:
        print(f"nofloat: {error}", file=sys.stderr)
        return 2
    if arguments.json:
        print(json.dumps({"ok": not found, "found": [asdict(f) for f in found]}))
        return 1 if found else 0
    for finding in found:
        print(f"{finding.file}: {finding.kind}: {finding.what}")
    if not found:
        kinds = ", ".join(arguments.kind or sorted(KINDS))
        print(f"{len(arguments.file)} files without {kinds}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
