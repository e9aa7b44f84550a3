#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run pipelines on bare Cortex-M in QEMU, or on this computer, and count their instructions.

    python pipelines.py m3        instructions a vector of features, bytes of RAM, of each front end

Exit code 2: this computer lacks a tool. Standard library only.
"""

from __future__ import annotations

import argparse
import json
import random
import struct
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "bare"))

import bare  # noqa: E402

READINGS, STATISTICS, BANDS, MEL, POWER = 1, 2, 4, 8, 16
_HEAD = struct.Struct("<4sI")
_DESCRIPTION = struct.Struct("<HHHHHBBBBBxHHI")
_REPORT = struct.Struct("<4sIIII")
_TICK_SHIFT = bare.SHIFT


@dataclass(frozen=True)
class Description:
    """struct tintin_pipeline_description."""

    channels: int
    window: int
    hop: int
    front_ends: int
    frames: int = 1
    step: int = 1
    statistics: int = 127
    bands: int = 0
    fade: int = 1
    slow: int = 8
    low: int = 0
    high: int = 0
    rate: int = 0

    def pack(self) -> bytes:
        """As the program reads it."""
        return _DESCRIPTION.pack(
            *(self.channels, self.window, self.hop, self.frames, self.step, self.front_ends),
            *(self.statistics, self.bands, self.fade, self.slow, self.low, self.high, self.rate),
        )


NAMED = {
    "readings 128 x 6": Description(6, 128, 64, READINGS),
    "statistics 128 x 6": Description(6, 128, 64, STATISTICS),
    "32 bands of 1024": Description(1, 1024, 1024, BANDS, bands=32),
    "16 bands of 128 x 6": Description(6, 128, 64, BANDS, bands=16),
    "20 mel bands of 256 x 4": Description(
        1, 256, 256, MEL, frames=4, step=2, bands=20, low=100, high=4000, rate=8000
    ),
    "power of 512 x 2 in 8 parts": Description(2, 512, 512, POWER, bands=8),
    "everything of 100 x 2": Description(
        2, 100, 33, READINGS | STATISTICS | MEL, bands=9, low=20, high=500, rate=1000, slow=3
    ),
    "values as they come, x 128": Description(128, 1, 1, READINGS, slow=10),
}


@dataclass(frozen=True)
class Outcome:
    """What a run gave: vectors and state as bytes, and instructions, 0 on the host."""

    output: bytes
    vectors: int
    instructions_per_vector: float
    stack: int


def build(target: str, *, strict: bool = False) -> bare.Image:
    """Compile for "host", "m0", "m3", "m4" or "m55"; the host's with sanitizers."""
    out = HERE.parent / "build" / "features" / target
    bare.make(HERE, f"TARGET={target}", f"BUILD={out}", f"STRICT={strict:d}")
    return bare.Image(target, out / "pipelines", out / "libtintin.a")


def readings_of(description: Description, windows: int, seed: int = 1) -> list[int]:
    """Readings for so many windows: channels that differ in level, loudness and extremes."""
    rng = random.Random(seed)
    n = description.window + description.hop * (windows - 1)
    scale = [rng.choice((3, 200, 9000, 40000)) for _ in range(description.channels)]
    offset = [rng.randint(-20000, 20000) for _ in range(description.channels)]
    return [
        max(-32768, min(32767, round(rng.gauss(o, s))))
        for _ in range(n)
        for s, o in zip(scale, offset, strict=True)
    ]


def run(image: bare.Image, description: Description, readings: Sequence[int]) -> Outcome:
    """Push readings, all channels of one after those of another."""
    count = len(readings) // description.channels
    data = struct.pack(f"<{len(readings)}h", *readings)
    job = _HEAD.pack(b"PIPE", count) + description.pack() + data
    with tempfile.TemporaryDirectory(prefix="tintin-pipelines-") as folder:
        output = bare.execute(image, Path(folder), (bytes(4), job))
    magic, vectors, push, last, stack = _REPORT.unpack(output[-_REPORT.size :])
    if magic != b"PIPE":
        raise bare.BareError(f"{image.target}: the run left no report")
    tick = bare.TARGETS[image.target].tick / 2**_TICK_SHIFT if image.target != bare.HOST else 0
    each = tick * (push + last) / max(vectors, 1)
    return Outcome(output[: -_REPORT.size], vectors, each, stack)


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", choices=list(bare.TARGETS))
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    given = parser.parse_args()
    reason = bare.missing(given.target)
    if reason:
        print(reason, file=sys.stderr)
        return 2
    image = build(given.target)
    rows = {n: run(image, d, readings_of(d, 12)) for n, d in NAMED.items()}
    if given.json:
        print(json.dumps({n: round(r.instructions_per_vector) for n, r in rows.items()}))
        return 0
    for name, row in rows.items():
        print(f"{name:28} {row.instructions_per_vector:10,.0f} instructions a vector")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except bare.BareError as error:
        sys.exit(str(error))
