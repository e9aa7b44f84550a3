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
from tintin.signals.recordings import Labels, Recordings, Samples, readings_of_a_vector, samples

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
    """Samples of an application, and the centres that made them features.

    `short`: recordings that were too short for a sample.
    """

    samples: Samples
    centres: bytes
    source: str
    short: int = 0


@dataclass(frozen=True)
class Trained:
    """A record, and the share of test samples told rightly: in all, and in each domain."""

    record: bytes
    accuracy: float
    by_domain: dict[int, float]
    detection: dict[int, float] | None = None  # of two classes: see detection()


def recordings_of(
    application: Application, data_dir: Path | None, seed: int, beside: Path | None = None
) -> Recordings:
    """The user's own NAME.npz, else the data that is known, else those of SIMULATED.

    Looked for in `data_dir`; without it in $TINTIN_DATA, in `beside` (the description's folder) and
    in the current one. SIMULATED are not where a folder of data is given. Raises DataError.
    """
    name, chosen = application.name, os.environ.get(ENVIRONMENT)
    mine = [folder / f"{name}.npz" for folder in _folders(data_dir, chosen, beside)]
    for path in mine:
        if path.is_file():
            return own(path, application)
    somewhere = data_dir is not None or bool(chosen)
    if name in SIMULATED and not (somewhere and name in RECORDED):
        return SIMULATED[name](seed)
    if name not in RECORDED:
        where = " nor ".join(str(path) for path in mine)
        either = "neither " if len(mine) > 1 else "no "
        raise DataError(f"no recordings: {either}{where} (--data-dir names the folder)")
    return RECORDED[name](data_dir)


def _folders(data_dir: Path | None, chosen: str | None, beside: Path | None) -> list[Path]:
    if data_dir is not None:
        return [data_dir]
    found = [Path(chosen)] if chosen else []
    return list(dict.fromkeys([*found, *([beside] if beside else []), Path()]))


def prepare(application: Application, recordings: Recordings) -> Prepared:
    """Features of all recordings, centred by what the training part is like.

    Raises DataError where there is nothing to learn from, or nothing to test with.
    """
    description = application.description
    raw = samples(description, recordings)
    needed = readings_of_a_vector(description)
    for part, kept in (("learn from", ~raw.test), ("test with", raw.test)):
        if not kept.any():
            raise DataError(
                f"{recordings.source}: no recording to {part} is as long as the {needed} readings "
                f"that features of {application.name} take"
            )
    centres = state_of(description, raw.vectors.values[~raw.test])
    short = sum(len(readings) < needed for readings in recordings.readings)
    featured = samples(description, recordings, centres)
    return Prepared(featured, centres, recordings.source, short)


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
    pair = network.classes == 2 and bool((~s.test & (s.label == 0)).any())
    found = detection(certainty(network, s.vectors.features), s) if pair else None
    record = learning.shipped(application.device, network.save())
    return Trained(record, float(hit.mean()), by_domain, found)
