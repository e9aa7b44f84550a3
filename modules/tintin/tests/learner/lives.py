#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run a learner's life on bare Cortex-M in QEMU, or on this computer, and count its instructions.

    python lives.py m3 <record> [--method replay]       instructions of each kind of slice

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

METHODS = ("naive", "replay", "latent", "last_layer", "ncm", "ewc")
LAST_LAYER = 0b10  # of a network of two
KINDS = ("observe", "step", "judgement", "other")
COUNTERS = (
    *("observed", "labels", "hits", "steps", "replayed", "judged", "bursts", "kept", "rollbacks"),
    *("refused", "doubted", "failures"),
)
_JOB = struct.Struct("<4sIIBBHHHI")
_REPORT = struct.Struct(f"<4siII{len(COUNTERS) + 4}I{len(KINDS) * 4}I")

Sample = tuple[int, Sequence[int]]  # label, int8 values


@dataclass(frozen=True)
class Options:
    """Those of struct tintin_learner_options that a life is lived with; share as there."""

    method: str = "replay"
    replays: int = 3
    slots: int = 60
    burst: int = 64
    share: int = 1

    def pack(self, samples: int, length: int) -> bytes:
        """As the program reads it."""
        method = METHODS.index(self.method)
        latent = self.method in ("latent", "last_layer", "ncm")
        return _JOB.pack(
            *(b"LIFE", samples, length, method, self.replays, self.slots, self.burst, self.share),
            LAST_LAYER if latent else bare.TRAIN_ALL,
        )


@dataclass(frozen=True)
class Kind:
    """Slices of one kind: how many there were, and instructions, 0 on the host."""

    runs: int
    mean: float
    most: float


@dataclass(frozen=True)
class Life:
    """What a life led to: the learner's memory and the last good record as bytes, and its cost."""

    output: bytes
    counters: dict[str, int]
    kinds: dict[str, Kind]
    stack: int


def build(target: str, *, strict: bool = False) -> bare.Image:
    """Compile for "host" or one of bare.TARGETS with RAM enough; the host's with sanitizers."""
    out = HERE.parent / "build" / "learner" / target
    bare.make(HERE, f"TARGET={target}", f"BUILD={out}", f"STRICT={strict:d}")
    return bare.Image(target, out / "lives", out / "libtintin.a")


def stream(length: int, classes: int, samples: int, seed: int = 1) -> list[Sample]:
    """Classes two by two, each around a centre of its own; towards the end labels that lie."""
    rng = random.Random(seed)
    centres = [[rng.randint(-60, 60) for _ in range(length)] for _ in range(classes)]
    made = []
    for i in range(samples):
        first = 2 * (i * (classes // 2) // samples)
        label = first + rng.randrange(2)
        x = [max(-127, min(127, v + round(rng.gauss(0, 25)))) for v in centres[label]]
        made.append((0 if i > samples * 3 // 4 else label, x))
    return made


def run(image: bare.Image, record: bytes, options: Options, samples: Sequence[Sample]) -> Life:
    """Live through samples."""
    length = len(samples[0][1])
    pad = bytes(-length % 4)
    job = options.pack(len(samples), length) + b"".join(
        struct.pack(f"<i{length}b", label, *x) + pad for label, x in samples
    )
    with tempfile.TemporaryDirectory(prefix="tintin-lives-") as folder:
        output = bare.execute(image, Path(folder), (record, job))
    magic, error, stack, overrun, *numbers = _REPORT.unpack(output[-_REPORT.size :])
    if magic != b"LIFE" or error or overrun:
        raise bare.BareError(f"{image.target}: the life ended with error {error}")
    tick = bare.TARGETS[image.target].tick / 2**bare.SHIFT if image.target != bare.HOST else 0
    counted = numbers[len(COUNTERS) + 4 :]
    rows = [counted[i : i + 4] for i in range(0, len(counted), 4)]
    kinds = {
        name: Kind(runs, tick * (low + (high << 32)) / max(runs, 1), tick * most)
        for name, (runs, most, low, high) in zip(KINDS, rows, strict=True)
    }
    counters = dict(zip(COUNTERS, numbers, strict=False))
    return Life(output[: -_REPORT.size], counters, kinds, stack)


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", choices=list(bare.TARGETS))
    parser.add_argument("record", type=Path, help="of a network of two layers")
    parser.add_argument("--method", choices=METHODS, default="replay")
    parser.add_argument("--length", type=int, default=64, help="of its input")
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="answer with one JSON object")
    given = parser.parse_args()
    reason = bare.missing(given.target)
    if reason:
        print(reason, file=sys.stderr)
        return 2
    samples = stream(given.length, given.classes, 200)
    image = build(given.target)
    life = run(image, given.record.read_bytes(), Options(given.method), samples)
    if given.json:
        kinds = {name: vars(kind) for name, kind in life.kinds.items()}
        print(json.dumps({"counters": life.counters, "kinds": kinds, "stack": life.stack}))
        return 0
    for name, kind in life.kinds.items():
        cost = f"{kind.mean:9.0f} instructions, {kind.most:9.0f} at most"
        print(f"{name:10} {kind.runs:6} times, {cost}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
