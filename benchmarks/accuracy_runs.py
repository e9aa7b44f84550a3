# SPDX-License-Identifier: Apache-2.0
"""One run of a method on a task, the search for its rate, and the measurement."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean

from accuracy_methods import Method
from accuracy_tasks import Material, Task
from tintin.training import sample_order

CHUNK = 1000

Tick = Callable[[int], None]


@dataclass(frozen=True)
class Result:
    """Accuracies in percent, of each part of the test."""

    parts: dict[str, float]

    @property
    def accuracy(self) -> float:
        """The mean of the parts."""
        return mean(self.parts.values())


@dataclass(frozen=True)
class Bench:
    """A method on a task: what a run needs but the seed, the setting and the samples."""

    task: Task
    method: Method
    tick: Tick = lambda samples: None


def run(bench: Bench, material: Material, seed: int, setting: float) -> Result:
    """Learn all passes at one setting; `tick` is told of the samples learned from."""
    learner = bench.method.make(bench.task.model(), seed + 1, setting)
    x, y = material.train.x, material.train.y
    for epoch in range(1, bench.task.epochs + 1):
        order = sample_order(len(y), seed, epoch)
        for start in range(0, len(y), CHUNK):
            rows = order[start : start + CHUNK]
            learner.learn(x[rows], y[rows])
            bench.tick(len(rows))
    parts = {
        name: 100 * float((learner.predict(part.x) == part.y).mean())
        for name, part in material.tests.items()
    }
    return Result(parts)


def tuned(bench: Bench, whole: Material) -> tuple[float, dict[float, float]]:
    """The best setting of the grid by the held-out samples, and their accuracy at each tried.

    The search goes on until both neighbours of the best are worse. Of several that are equally
    good, the middle one is chosen.
    """
    grid = bench.method.grid
    centre = _nearest(grid, bench.method.start or bench.task.start_rate)
    low, high = _within(grid, centre - 1, centre + 1)
    material = bench.task.tuning_material(whole)
    found: dict[int, float] = {}
    while True:
        for i in range(low, high + 1):
            if i not in found:
                found[i] = _average(bench, material, grid[i])
        best = [i for i in sorted(found) if found[i] == max(found.values())]
        wider = _within(grid, min(low, best[0] - 1), max(high, best[-1] + 1))
        if wider == (low, high):
            return grid[best[len(best) // 2]], {grid[i]: found[i] for i in sorted(found)}
        low, high = wider


def measured(
    bench: Bench, material: Material, seeds: Sequence[int], setting: float
) -> list[Result]:
    """A result for each seed."""
    return [run(bench, material, seed, setting) for seed in seeds]


def _average(bench: Bench, material: Material, setting: float) -> float:
    results = measured(bench, material, bench.task.tuning_seeds, setting)
    return mean(result.accuracy for result in results)


def _within(grid: Sequence[float], low: int, high: int) -> tuple[int, int]:
    return max(0, low), min(len(grid) - 1, high)


def _nearest(grid: Sequence[float], value: float) -> int:
    return min(range(len(grid)), key=lambda i: abs(grid[i] - value))
