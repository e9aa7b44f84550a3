# SPDX-License-Identifier: Apache-2.0
"""Fit the cost model of `tintin info --target` to what QEMU counts.

    python benchmarks/fit_cost.py            all targets, five minutes; writes coefficients.json
    python benchmarks/fit_cost.py --check    what is stored, on networks it was not fitted to

Random networks (cost_networks.py) learn a few samples on each target. Each pass of a layer is
linear in counts of what it does (tintin/cost/counts*.py); non-negative least squares finds what
each count costs, with errors relative to the slice and the step. Run it after a change of a kernel.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from cost_measure import RUNNERS, bare, measured, traced, whole_step
from cost_networks import STEPS, Workload, workload
from tintin import record as records
from tintin.cost import instructions
from tintin.cost.instructions import Coefficients, pass_cost
from tintin.cost.passes import Pass, passes
from tintin.cost.trace import Step
from tintin.files import write_atomically

OUT = Path(instructions.__file__).with_name(instructions.COEFFICIENTS)
FIT_SEEDS = range(1000, 1150)
CHECK_SEEDS = range(12)  # tests/test_cost_model.py checks these
SMALL = 0.02  # share of a step below which a slice's own error counts less
SHOWN = 0.1  # share of a step from which a slice is promised
DIGITS = 5  # of a coefficient, significant
# Counts that only some cores' kernels go by; elsewhere they would stand in for what they resemble.
ONLY = {
    "wide_": ("cortex-m4",),
    "narrow_": ("cortex-m0", "cortex-m3", "cortex-m55"),
    "bytes_": ("cortex-m0", "cortex-m3"),
    "words_": ("cortex-m3",),
    "aligned_": ("cortex-m0",),
    "odd_": ("cortex-m0",),
    "vector_": ("cortex-m55",),
    "scalar_": ("cortex-m0", "cortex-m3", "cortex-m4"),
    "helium_": ("cortex-m55",),
    "left_": ("cortex-m55",),
}


@dataclass(frozen=True)
class Sample:
    """Passes that were counted together, and the step's instructions."""

    passes: tuple[Pass, ...]
    instructions: float
    step: float

    def counts(self) -> dict[tuple[str, str], float]:
        """All counts by pass and name."""
        return {(p.key, name): value for p in self.passes for name, value in p.counts.items()}


def samples(
    image: bare.Image, work: Workload, steps: Sequence[Step], between: bool = True
) -> list[Sample]:
    """The slices of a workload and, where wanted, what is between them."""
    slices = measured(image, work, steps)
    total = sum(one.instructions for one in slices)
    result = [Sample(one.passes, one.instructions, total) for one in slices]
    if between and all(step[-1].error is not None for step in steps):
        rest = whole_step(image, work) - total
        result.append(Sample((_begin(work, steps),), rest, total))
    return result


def _begin(work: Workload, steps: Sequence[Step]) -> Pass:
    model = records.read(work.record).model
    found = passes(model, [False] * len(model.wired), steps)
    return next(one for one in found if one.op == "begin")


def fit(target: str, found: Iterable[Sample]) -> dict[str, dict[str, float]]:
    """Coefficients for all passes. Those that are counted in one slice are fitted together."""
    groups = defaultdict(list)
    for sample in found:
        op = sample.passes[0].op
        groups[op, sample.passes[0].name == "forward"].append(sample)
    result: dict[str, dict[str, float]] = defaultdict(dict)
    for group in groups.values():
        for (key, name), value in _fit_group(target, group).items():
            result[key][name] = value
    return {key: dict(sorted(result[key].items())) for key in sorted(result)}


def _means_something(target: str, name: str) -> bool:
    return all(target in on for start, on in ONLY.items() if name.startswith(start))


def _fit_group(target: str, group: Sequence[Sample]) -> dict[tuple[str, str], float]:
    rows = [sample.counts() for sample in group]
    names = sorted({n for row in rows for n in row if _means_something(target, n[1])})
    table = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    took = np.array([sample.instructions for sample in group])
    weight = 1 / (took + SMALL * np.array([sample.step for sample in group]))
    weighted = table * weight[:, None]
    scale = weighted.max(0)
    scale[scale == 0] = 1
    costs, _ = nnls(weighted / scale, took * weight)
    costs /= scale
    rounded = {
        name: float(f"{c:.{DIGITS}g}") for name, c in zip(names, costs, strict=True) if c > 0
    }
    return {**{(key, "calls"): 0.0 for key, _ in names}, **rounded}


def errors(table: Coefficients, found: Sequence[Sample]) -> list[float]:
    """Relative errors: of the step as a whole first, then of the slices that matter."""
    pairs = [(sum(pass_cost(table, p) for p in s.passes), s) for s in found]
    whole = sum(value for value, _ in pairs) / sum(s.instructions for _, s in pairs) - 1
    shown = [(v, s) for v, s in pairs if s.instructions >= SHOWN * s.step]
    return [whole, *(value / s.instructions - 1 for value, s in shown)]


def check(
    table: Coefficients, image: bare.Image, works: Sequence[tuple[Workload, list[Step]]]
) -> str:
    """How far the coefficients are off on these networks, in one line."""
    steps, slices = [], []
    for work, traces in works:
        whole, *parts = errors(table, samples(image, work, traces))
        steps.append(abs(whole))
        slices += [abs(part) for part in parts]
    return (
        f"{image.target}: {len(works)} networks, steps off by {np.mean(steps):.1%} on average and "
        f"{max(steps):.1%} at most, {len(slices)} slices of over {SHOWN:.0%} of a step by "
        f"{np.mean(slices):.1%} and {max(slices):.1%}"
    )


def prepared(seeds: Iterable[int]) -> list[tuple[Workload, list[Step]]]:
    """Workloads with their traces, which are the same for all targets."""
    works = [workload(seed) for seed in seeds]
    return [(work, traced(work)) for work in works]


def _made() -> dict[str, object]:
    def first_line(*command: str) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(
            "\n"
        )[0]

    return {
        "by": "benchmarks/fit_cost.py",
        "networks": f"cost_networks.workload({FIT_SEEDS[0]}..{FIT_SEEDS[-1]}), {STEPS} steps each",
        "counter": f"{first_line('qemu-system-arm', '--version')}, -icount",
        "compiler": f"{first_line('arm-none-eabi-gcc', '--version')}, -O2",
        "unit": "instructions a count, of a learning step at batch 1",
    }


def main() -> int:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="fit nothing: check what is stored")
    parser.add_argument("--targets", nargs="+", choices=RUNNERS, default=list(RUNNERS))
    given = parser.parse_args()
    for target in given.targets:
        reason = bare.missing(RUNNERS[target])
        if reason:
            print(reason, file=sys.stderr)
            return 2
    stored = json.loads(OUT.read_text()) if OUT.exists() else {"targets": {}}
    tables, checks = dict(stored["targets"]), prepared(CHECK_SEEDS)
    works = [] if given.check else prepared(FIT_SEEDS)
    for target in given.targets:
        image = bare.build(RUNNERS[target])
        if works:
            counted = [samples(image, *w, between=i % 4 == 0) for i, w in enumerate(works)]
            tables[target] = fit(target, [sample for group in counted for sample in group])
        print(check(tables[target], image, checks), flush=True)
    if works:
        content = {
            "made": _made(),
            "targets": {t: tables[t] for t in RUNNERS if t in tables},
        }
        write_atomically(OUT, (json.dumps(content, indent=1) + "\n").encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
