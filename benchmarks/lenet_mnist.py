# SPDX-License-Identifier: Apache-2.0
"""LeNet-5 on MNIST, one pass of 60,000 at batch 1: the integer engine against float32 SGD.

Both begin with the same weights, see the same samples in the same order, and have a rate each:
the best on 10,000 held-out training samples (seed 0) of a grid of powers of two and 1.5 times
those. Then three seeds on the official test set. Takes some minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean

import numpy as np

import results
from float_sgd import FloatNetwork
from results import Row
from tintin import record as records
from tintin.data import Dataset, mnist
from tintin.engine import Network
from tintin.errors import TintinError
from tintin.presets import lenet5
from tintin.training import sample_order

SUITE = "lenet_mnist"
NETWORK = "LeNet-5 28x28-6-16-120-84-10"
SEEDS = [1, 2, 3]
TUNING_SEED = 0
HELD_OUT = 10_000
GRID = [m * 2.0**-s for s in range(12, 2, -1) for m in (1.0, 1.5)]
START = GRID.index(2.0**-8), GRID.index(2.0**-6)
ENGINES = {"int": "tintin", "float": "float32 C"}
POINTS = 0.5  # how far the integer mean may lie below the float one

Learner = Callable[[Dataset, int, float], tuple[float, float]]


def integer(data: Dataset, seed: int, rate: float) -> tuple[float, float]:
    """Test accuracy in percent, and microseconds of CPU time a learning step."""
    network = Network(initial(seed))
    network.set_rate(rate)
    order = sample_order(len(data.y_train), seed, 1)
    began = time.process_time()
    network.learn_many(data.x_train[order], data.y_train[order])
    seconds = time.process_time() - began
    return percent(network.predict_many(data.x_test), data.y_test), 1e6 * seconds / len(order)


def floating(data: Dataset, seed: int, rate: float) -> tuple[float, float]:
    """The same of float32 SGD."""
    network = FloatNetwork(initial(seed))
    order = sample_order(len(data.y_train), seed, 1)
    began = time.process_time()
    network.learn_many(data.x_train[order], data.y_train[order], rate)
    seconds = time.process_time() - began
    return percent(network.predict_many(data.x_test), data.y_test), 1e6 * seconds / len(order)


LEARNERS: dict[str, Learner] = {"int": integer, "float": floating}


def initial(seed: int) -> bytes:
    """Random weights; seeds count from 0, the record's from 1."""
    return records.write(lenet5(), seed + 1)


def percent(predicted: np.ndarray, labels: np.ndarray) -> float:
    """Share of hits."""
    return 100 * float((predicted == labels).mean())


def held_out(data: Dataset) -> Dataset:
    """The training set without its last samples, and those as the test set."""
    x, y = data.x_train, data.y_train
    return Dataset(x[:-HELD_OUT], y[:-HELD_OUT], x[-HELD_OUT:], y[-HELD_OUT:])


def tuned(data: Dataset, engine: str) -> tuple[float, list[Row]]:
    """The best rate of the grid, searched until its neighbours are worse, and what each gave."""
    found: dict[int, Row] = {}
    low, high = START
    while True:
        for i in range(low, high + 1):
            found[i] = found.get(i) or held_out_row(data, engine, GRID[i])
        best = max(found, key=lambda i: found[i].value)
        if best not in (low, high) or best in (0, len(GRID) - 1):
            return GRID[best], [found[i] for i in sorted(found)]
        low, high = min(low, best - 1), max(high, best + 1)


def held_out_row(data: Dataset, engine: str, rate: float) -> Row:
    """Accuracy on the held-out samples at one rate."""
    value, _ = LEARNERS[engine](held_out(data), TUNING_SEED, rate)
    say(f"{ENGINES[engine]}: rate {rate:g} gives {value:.2f} % of the held-out samples")
    method = f"SGD batch 1, rate {rate:g}"
    return Row(SUITE, NETWORK, ENGINES[engine], method, "held-out accuracy", value, "%", [0])


def measured(data: Dataset, engine: str, rate: float) -> list[Row]:
    """Test accuracy of each seed, then their mean and the time of a step."""
    found = []
    for seed in SEEDS:
        found.append(LEARNERS[engine](data, seed, rate))
        say(f"{ENGINES[engine]}: seed {seed}, rate {rate:g}: {found[-1][0]:.2f} %")
    name, method = ENGINES[engine], f"SGD batch 1, rate {rate:g}"

    def row(metric: str, value: float, unit: str, seeds: list[int]) -> Row:
        return Row(SUITE, NETWORK, name, method, metric, round(value, 4), unit, seeds)

    rows = [
        row("test accuracy", value, "%", [seed])
        for seed, (value, _) in zip(SEEDS, found, strict=True)
    ]
    rows.append(row("mean test accuracy", mean(value for value, _ in found), "%", SEEDS))
    rows.append(row("learning step", mean(step for _, step in found), "us", SEEDS))
    return rows


def table(rows: list[Row]) -> str:
    """A line for each engine."""
    lines = []
    for engine in ENGINES.values():
        own = [row for row in rows if row.engine == engine]
        seeds = [f"{row.value:.2f}" for row in own if row.metric == "test accuracy"]
        average = next(row for row in own if row.metric == "mean test accuracy")
        step = next(row for row in own if row.metric == "learning step")
        rate = average.method.split()[-1]
        lines.append([engine, rate, *seeds, f"{average.value:.2f}", f"{step.value:.0f}"])
    header = ["engine", "rate", *(f"seed {s}, %" for s in SEEDS), "mean, %", "step, us"]
    return results.markdown(header, lines)


def say(line: str) -> None:
    """Progress, on stderr."""
    print(line, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, help="where MNIST's four idx files are")
    parser.add_argument(
        "--rates",
        nargs=2,
        type=float,
        metavar=("INT", "FLOAT"),
        help="skip the tuning and use these",
    )
    return parser.parse_args()


def main() -> int:
    """Run it; 1 where the integers lie too far below the floats."""
    options = arguments()
    try:
        data = mnist(options.data_dir)
    except TintinError as error:
        say(f"lenet_mnist: {error}")
        return 2
    rows, means = [], {}
    for i, engine in enumerate(ENGINES):
        if options.rates:
            rate = options.rates[i]
        else:
            rate, tuning = tuned(data, engine)
            rows += tuning
        final = measured(data, engine, rate)
        means[engine] = next(r.value for r in final if r.metric == "mean test accuracy")
        rows += final
    path = results.save(SUITE, rows)
    gap = means["float"] - means["int"]
    print(table(rows))
    print(f"\ninteger - float32: {-gap:+.2f} points; rows in {path}")
    return 0 if gap <= POINTS else 1


if __name__ == "__main__":
    sys.exit(main())
