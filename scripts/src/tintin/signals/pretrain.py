# SPDX-License-Identifier: Apache-2.0
"""Train an application's network on this computer: the pipeline and the engine of the device."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tintin import record as records
from tintin.data.places import ENVIRONMENT
from tintin.engine import Network
from tintin.errors import DataError
from tintin.signals import learning, radio, recorded, simulated
from tintin.signals.application import Application, Training
from tintin.signals.centres import state_of
from tintin.signals.certainty import certainty
from tintin.signals.own import own
from tintin.signals.pipeline import Int8Array
from tintin.signals.recordings import Labels, Recordings, Samples, samples

FALSE_ALARMS = 0.1
RECORDED: dict[str, Callable[[Path | None], Recordings]] = {
    "bearing": recorded.bearing,
    "activity": recorded.activity,
    "gas": recorded.gas,
    "words": recorded.words,
    "spectrum": recorded.spectrum,
    "bearing-raw": recorded.bearing,
    "activity-raw": recorded.activity,
}
SIMULATED: dict[str, Callable[[int], Recordings]] = {
    "bearing": simulated.bearing,
    "bearing-raw": simulated.bearing,
    "spectrum-iq": radio.segments,
}
LARGEST = 127


@dataclass(frozen=True)
class Prepared:
    """Samples of an application, and the centres that made them features."""

    samples: Samples
    centres: bytes
    source: str


@dataclass(frozen=True)
class Trained:
    """A record, and the share of test samples told rightly: in all, and in each domain."""

    record: bytes
    accuracy: float
    by_domain: dict[int, float]
    detection: dict[int, float] | None = None  # of two classes: see detection()


def recordings_of(application: Application, data_dir: Path | None, seed: int) -> Recordings:
    """Of a folder of data: the user's own NAME.npz in it, else the data that is known.

    Without a folder, and without $TINTIN_DATA, those of SIMULATED are. Raises DataError.
    """
    name = application.name
    mine = (data_dir or Path()) / f"{name}.npz"
    if data_dir is not None and mine.is_file():
        return own(mine, application)
    somewhere = data_dir is not None or bool(os.environ.get(ENVIRONMENT))
    if name in SIMULATED and not (somewhere and name in RECORDED):
        return SIMULATED[name](seed)
    if name not in RECORDED:
        raise DataError(f"no recordings: {mine} is not there (--data-dir)")
    return RECORDED[name](data_dir)


def prepare(application: Application, recordings: Recordings) -> Prepared:
    """Features of all recordings, centred by what the training part is like."""
    description = application.description
    raw = samples(description, recordings)
    centres = state_of(description, raw.vectors.values[~raw.test])
    return Prepared(samples(description, recordings, centres), centres, recordings.source)


def train(
    application: Application,
    prepared: Prepared,
    seed: int,
    progress: Callable[[int], None] = lambda passes: None,
) -> Trained:
    """Train from random weights and test."""
    network = Network(records.write(application.model, seed))
    s, plan = prepared.samples, application.training
    for x, y, rate in lessons(plan, s.vectors.features[~s.test], s.label[~s.test], seed):
        network.set_rate(rate)
        network.learn_many(x, y)
        progress(1)
    network.set_rate(plan.life_rate)
    return _tested(application, network, s)


def lessons(
    plan: Training, x: Int8Array, y: Labels, seed: int
) -> Iterator[tuple[Int8Array, Labels, float]]:
    """The passes of a training: samples in their order, labels, and the rate."""
    rng = np.random.default_rng(seed)
    for done in range(plan.passes):
        order = rng.permutation(len(x))
        rate = plan.rate / (1, 1, 4, 16)[4 * done // plan.passes]
        yield _noisy(x[order], plan.noise, rng), y[order], rate


def detection(sure: npt.NDArray[Any], s: Samples) -> dict[int, float]:
    """Of class 1, by domain: the share found where one in ten of class 0 is a false alarm.

    `sure` is how sure each sample is to be of class 1. The threshold is that of the training
    samples of class 0, so that no test sample chooses it.
    """
    threshold = np.quantile(sure[~s.test & (s.label == 0)], 1 - FALSE_ALARMS)
    kept = s.test & (s.label == 1)
    return {
        int(d): float((sure[kept & (s.domain == d)] > threshold).mean())
        for d in np.unique(s.domain[kept])
    }


def _noisy(x: Int8Array, noise: float, rng: np.random.Generator) -> Int8Array:
    """Noise on the features makes a network that has seen one machine, or person, less sure."""
    shaken = np.rint(x + rng.normal(0, noise, x.shape)) if noise else x
    return np.clip(shaken, -LARGEST, LARGEST).astype(np.int8)


def _tested(application: Application, network: Network, s: Samples) -> Trained:
    hit = network.predict_many(s.vectors.features[s.test]) == s.label[s.test]
    domain: npt.NDArray[np.int64] = s.domain[s.test]
    by_domain = {int(d): float(hit[domain == d].mean()) for d in np.unique(domain)}
    pair = network.classes == 2
    found = detection(certainty(network, s.vectors.features), s) if pair else None
    record = learning.shipped(application.device, network.save())
    return Trained(record, float(hit.mean()), by_domain, found)
