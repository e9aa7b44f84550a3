# SPDX-License-Identifier: Apache-2.0
"""Fit the cost model of front ends (`tintin info --application`) to what QEMU counts.

    python benchmarks/fit_front_ends.py            all targets, minutes; writes front_ends.json
    python benchmarks/fit_front_ends.py --check    what is stored, on pipelines it was not fitted to

Random pipelines run on each target; non-negative least squares finds what each count of
tintin/cost/front_ends.py costs, with errors relative to the pipeline. Run it after a change there
or in modules/tintin/src/features.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from tintin.cost import front_ends
from tintin.cost.front_ends import Counts, Stretch, counts, total
from tintin.errors import ModelError
from tintin.files import write_atomically
from tintin.signals.application import NAMES, load
from tintin.signals.pipeline import STATISTICS, Description, Pipeline

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "modules" / "tintin" / "tests" / "features"))

import pipelines  # noqa: E402
from pipelines import bare  # noqa: E402

OUT = Path(front_ends.__file__).with_name(front_ends.COEFFICIENTS)
TARGETS = {"cortex-m0": "m0", "cortex-m3": "m3", "cortex-m4": "m4", "cortex-m55": "m55"}
FIT_SEEDS, CHECK_SEEDS = range(1000, 1160), range(12)
MEMORY, STATE = 8000, 1280  # bytes that the runner has for a pipeline, and for its centres
MOST_READINGS = 40_000  # of a run, all channels
SINGLE = 0.2  # share of pipelines that take readings as they come
DIGITS = 4  # of a coefficient, significant


def pipeline(seed: int) -> Description:
    """A random one that the runner has memory for."""
    rng = random.Random(seed)
    while True:
        found = _drawn(rng)
        if fits(found):
            return found


def fits(d: Description) -> bool:
    """Is it in range, and has the runner memory for it?"""
    try:
        return d.memory <= MEMORY and len(Pipeline(d).save()) <= STATE
    except ModelError:
        return False


def _drawn(rng: random.Random) -> Description:
    if rng.random() < SINGLE:
        return _single(rng)
    kind = rng.choice(("readings", "statistics", "bands", "bands", "mel", "mel", "power", "power"))
    also = rng.choice(((), (), ("statistics",), ("readings",)))
    frames = rng.choice((1, 1, 1, 2, 4, 8))
    window = rng.choice((32, 64, 100, 128, 200, 256, 512, 777, 1024))
    statistics = rng.sample(list(STATISTICS), rng.randint(1, len(STATISTICS)))
    return Description(
        channels=rng.choice((1, 1, 2, 3, 6, 31)),
        window=window,
        front_ends=tuple({kind, *also}),
        hop=rng.randint(max(1, window // 4), window),
        frames=frames,
        step=rng.randint(1, frames),
        statistics=statistics if "statistics" in (kind, *also) else (),
        bands=rng.choice((4, 9, 16, 20, 32)),
        fade=rng.choice(("hann", "hann", "rectangle")),
        slow=rng.choice((0, 8)),
        **({"low": 100, "high": 3900, "rate": 8000} if kind == "mel" else {}),
    )


def _single(rng: random.Random) -> Description:
    """Many values a reading, as they come."""
    channels, window = rng.randint(8, 150), rng.choice((1, 1, 2, 3))
    return Description(channels, window, ("readings",), slow=rng.choice((0, 8)))


def counted(image: bare.Image, d: Description) -> tuple[Counts, float]:
    """Counts of a run on the target, and its instructions. Raises bare.BareError."""
    hop, step = d.hop or d.window, d.step or d.frames
    windows = d.frames + step * 2
    while windows > d.frames and (d.window + windows * hop) * d.channels > MOST_READINGS:
        windows -= 1
    packed = d.pack()
    own = pipelines.Description(
        *(d.channels, d.window, hop, packed.front_ends, d.frames, step, packed.statistics),
        *(d.bands, packed.fade, d.slow, d.low, d.high, d.rate),
    )
    outcome = pipelines.run(image, own, pipelines.readings_of(own, windows))
    stretch = Stretch(d.window + hop * (windows - 1), windows, outcome.vectors, outcome.vectors - 1)
    return counts(d, stretch), outcome.instructions_per_vector * outcome.vectors


def fit(found: Sequence[tuple[Counts, float]]) -> dict[str, float]:
    """What each count costs."""
    names = sorted({name for row, _ in found for name in row})
    table = np.array([[row.get(name, 0.0) for name in names] for row, _ in found])
    took = np.array([instructions for _, instructions in found])
    weighted = table / took[:, None]
    scale = weighted.max(0)
    scale[scale == 0] = 1
    costs, _ = nnls(weighted / scale, np.ones(len(took)))
    return {
        name: float(f"{cost:.{DIGITS}g}")
        for name, cost in zip(names, costs / scale, strict=True)
        if cost > 0
    }


def checked(target: str, table: dict[str, float], cases: Iterable[Description]) -> float:
    """The largest relative error over pipelines."""
    image, worst = pipelines.build(TARGETS[target]), 0.0
    for d in cases:
        row, took = counted(image, d)
        error = total(table, row) / took - 1
        worst = max(worst, abs(error))
    print(f"{target}: at most {worst:.1%} off", file=sys.stderr, flush=True)
    return worst


def unseen() -> list[Description]:
    """Pipelines that nothing is fitted to: the applications' among them."""
    own = [load(name).description for name in NAMES]
    return [d for d in own if fits(d)] + [pipeline(seed) for seed in CHECK_SEEDS]


def main() -> int:
    """Run it; 2 where this computer lacks a tool."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="how far what is stored is off")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS))
    options = parser.parse_args()
    reason = next(filter(None, (bare.missing(TARGETS[t]) for t in options.targets)), None)
    if reason:
        print(reason, file=sys.stderr)
        return 2
    stored = json.loads(OUT.read_text())["targets"] if OUT.is_file() else {}
    for target in options.targets:
        if not options.check:
            image = pipelines.build(TARGETS[target])
            stored[target] = fit([counted(image, pipeline(seed)) for seed in FIT_SEEDS])
        checked(target, stored[target], unseen())
    if not options.check:
        made = "benchmarks/fit_front_ends.py: arm-none-eabi-gcc -O2, QEMU's instruction count"
        text = json.dumps({"made": made, "targets": stored}, indent=1)
        write_atomically(OUT, f"{text}\n".encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
