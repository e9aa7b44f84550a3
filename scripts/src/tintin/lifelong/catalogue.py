# SPDX-License-Identifier: Apache-2.0
"""The scenarios by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tintin.data import Dataset, digits, mnist
from tintin.errors import InputError
from tintin.lifelong.disturbances import label_noise, long_silence, recurring_drift
from tintin.lifelong.domains import bearing_loads, gas_batches, new_people
from tintin.lifelong.incremental import Course, class_incremental
from tintin.lifelong.scenario import Scenario

Make = Callable[[Path | None, int], Scenario]


@dataclass(frozen=True)
class Entry:
    """A scenario for each seed, and the data it is made of."""

    summary: str
    data: str
    make: Make


@lru_cache(maxsize=2)
def _mnist(data_dir: Path | None) -> Dataset:
    return mnist(data_dir)


@lru_cache(maxsize=1)
def _digits() -> Dataset:
    return digits()


SCENARIOS = {
    "digits": Entry(
        "class-incremental digits: 5 tasks of 2 classes, one pass",
        "digits",
        lambda data_dir, seed: class_incremental("digits", _digits(), Course(32, 2**-5), seed),
    ),
    "mnist": Entry(
        "class-incremental MNIST: 5 tasks of 2 classes, one pass of 60,000",
        "mnist",
        lambda data_dir, seed: class_incremental(
            "mnist", _mnist(data_dir), Course(100, 2**-10), seed
        ),
    ),
    "mnist_short": Entry(
        "the same with 1,000 samples a task",
        "mnist",
        lambda data_dir, seed: class_incremental(
            "mnist_short", _mnist(data_dir), Course(100, 2**-6, 1000), seed
        ),
    ),
    "bearing": Entry("bearing faults, from load 0 to loads 1 to 3", "cwru", bearing_loads),
    "gas_drift": Entry("gases by an ageing sensor, batch by batch", "gas_drift", gas_batches),
    "people": Entry(
        "activities, one new person after another",
        "hapt_raw",
        lambda data_dir, seed: new_people(data_dir, seed, apart=False),
    ),
    "new_person": Entry(
        "activities, a new person with a new device, nine times",
        "hapt_raw",
        lambda data_dir, seed: new_people(data_dir, seed, apart=True),
    ),
    "label_noise": Entry(
        "digits, a third of them with 40 % wrong labels",
        "digits",
        lambda data_dir, seed: label_noise(_digits(), seed),
    ),
    "recurring_drift": Entry(
        "digits through a lens that is dirty, clean, dirty, clean",
        "digits",
        lambda data_dir, seed: recurring_drift(_digits(), seed),
    ),
    "long_silence": Entry(
        "digits with labels, a long silence with power cuts, labels again",
        "digits",
        lambda data_dir, seed: long_silence(_digits(), seed),
    ),
}


def scenario(name: str, data_dir: Path | None, seed: int) -> Scenario:
    """The scenario of that name and seed. Raises DataError where its data are absent."""
    if name not in SCENARIOS:
        raise InputError(f"scenario {name}: must be one of {', '.join(SCENARIOS)}")
    return SCENARIOS[name].make(data_dir, seed)
