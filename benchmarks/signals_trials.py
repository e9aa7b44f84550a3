# SPDX-License-Identifier: Apache-2.0
"""What each application is measured by: its test, and the life that it was made for.

A trial gives figures by name, in percent or points, of one device class and one seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from signals_learners import Device, X, Y
from tintin.model import Model
from tintin.signals import radio, recorded
from tintin.signals.application import Application, load
from tintin.signals.centres import state_of
from tintin.signals.pipeline import Pipeline
from tintin.signals.pretrain import RECORDED, detection, lessons, prepare, recordings_of
from tintin.signals.recordings import Recordings, Samples, samples

Make = Callable[[Model, int], Device]
Figures = dict[str, float]
Rows = npt.NDArray[np.intp]

REMEMBERED = 60  # of the factory's samples: the buffer is for what the device meets itself
IDLE = 400  # steps from the buffer that there is time for after each meeting; none as built
LEARNED_SHARE = 0.7  # of a recording or batch; the rest is its exam
LABELS_A_LOAD = 20
LABELS_OF_EACH = 5  # word or activity, of a new speaker or person
BUILT = ", as built"  # by the learner that the application's firmware has
BARE = ", without a buffer"  # by its layers, each label once
LABELS_OF_A_RADIO = 100
OTHER_RADIO = "micsoft_1MHz"
POWERS = (-94, -91, -88, -85)


@dataclass(frozen=True)
class Bench:
    """One run: what learns, where data is, and the seed of weights, order, noise and draws."""

    make: Make
    data_dir: Path | None
    seed: int

    @property
    def rng(self) -> np.random.Generator:
        """For draws of the trial itself."""
        return np.random.default_rng([self.seed, 7])

    def taught(self, application: Application, x: X, y: Y) -> Device:
        """A network after its factory."""
        device = self.make(application.model, self.seed)
        for part, labels, rate in lessons(application.training, x, y, self.seed):
            device.learn(part, labels, rate)
        return device

    def shipped(self, application: Application, x: X, y: Y) -> Device:
        """The same, with some samples of each class in its buffer."""
        device = self.taught(application, x, y)
        self.ship(application, device, (x, y))
        return device

    def ship(self, application: Application, device: Device, factory: tuple[X, Y]) -> None:
        """A device that is taught leaves the factory."""
        x, y = factory
        rows = some_of_each(y, np.ones(len(y), np.bool_), REMEMBERED, self.rng)
        device.ship(application, x[rows], y[rows])


def with_others(application: Application, device: Device) -> dict[str, Device]:
    """By what is added to a figure's name: it, and the same network with its firmware's learner.

    To be asked before it lives. The last is the firmware's without its buffer.
    """
    rate, built = application.training.life_rate, application.device
    bare = replace(built, slots=0, drift=False)
    found = {"": device, BUILT: device.as_built(built, rate), BARE: device.as_built(bare, rate)}
    return {how: each for how, each in found.items() if each is not None}


def _rest(how: str) -> int:
    """Steps from the buffer after a meeting; without another word a firmware takes none."""
    return 0 if how else IDLE


@cache
def _recordings(name: str, data_dir: Path | None) -> Recordings:
    source = RECORDED.get(name)
    return recordings_of(load(name), None, seed=1) if source is None else source(data_dir)


@cache
def prepared(name: str, data_dir: Path | None) -> tuple[Application, Samples]:
    """An application, and its samples by its own split. Raises DataError."""
    application = load(name)
    return application, prepare(application, _recordings(name, data_dir)).samples


def _percent(device: Device, s: Samples, rows: npt.NDArray[np.bool_]) -> float:
    return 100 * float((device.predict(s.vectors.features[rows]) == s.label[rows]).mean())


def _taken(s: Samples, rows: Rows) -> tuple[X, Y]:
    return s.vectors.features[rows], s.label[rows]


def bearing(bench: Bench) -> Figures:
    """Load 0 in the factory, twenty labelled windows at each other load.

    What is learned is of the first 70 % of each recording, the exam is the last 30 %.
    """
    application, s = prepared("bearing", bench.data_dir)
    early = np.concatenate([np.arange(n) < int(n * LEARNED_SHARE) for n in _lengths(s)])
    loads = [int(load) for load in np.unique(s.domain)]
    faults = s.label > 0  # there is no healthy machine under load in the data
    exams = {load: (s.domain == load) & faults & ~early for load in loads}
    device = bench.shipped(application, *_taken(s, np.flatnonzero((s.domain == 0) & early)))
    found = {f"load {load}, before": _percent(device, s, exams[load]) for load in loads}
    for how, each in with_others(application, device).items():
        if how == BARE:  # as built
            continue
        own = {0: found["load 0, before"]}
        for other in loads[1:]:
            allowed = (s.domain == other) & faults & early
            rows = some_of_each(s.label, allowed, LABELS_A_LOAD, bench.rng)
            each.live(*_taken(s, rows), _rest(how))
            own[other] = _percent(each, s, exams[other])
            found[f"load {other}, after its own{how}"] = own[other]
        end = {load: _percent(each, s, exams[load]) for load in loads}
        found |= {f"load {load}, at the end{how}": end[load] for load in loads}
        found[f"old loads, least change{how}"] = min(end[i] - own[i] for i in loads)
    return found


def _lengths(s: Samples) -> Iterator[int]:
    """Of the runs of samples of one class and domain: a recording each."""
    key = s.domain * 1000 + s.label
    bounds = np.flatnonzero(np.diff(key)) + 1
    return (len(run) for run in np.split(key, bounds))


def some_of_each(
    label: Y, allowed: npt.NDArray[np.bool_], n: int, rng: np.random.Generator
) -> Rows:
    """n rows in random order, as even over the classes as can be."""
    classes = rng.permutation(np.unique(label[allowed]))
    counts = [len(part) for part in np.array_split(np.arange(n), len(classes))]
    picked = [
        rng.permutation(np.flatnonzero(allowed & (label == one)))[:count]
        for one, count in zip(classes, counts, strict=True)
    ]
    return rng.permutation(np.concatenate(picked))


def bearing_raw(bench: Bench) -> Figures:
    """Load 0 in the factory and the others unseen, from readings to a 1-D CNN."""
    application, s = prepared("bearing-raw", bench.data_dir)
    early = np.concatenate([np.arange(n) < int(n * LEARNED_SHARE) for n in _lengths(s)])
    device = bench.taught(application, *_taken(s, np.flatnonzero((s.domain == 0) & early)))
    exams = {load: (s.domain == load) & (s.label > 0) & ~early for load in np.unique(s.domain)}
    return {f"load {load}": _percent(device, s, rows) for load, rows in exams.items()}


def activity_raw(bench: Bench) -> Figures:
    """The official split of people, from readings to a 1-D CNN."""
    application, s = prepared("activity-raw", bench.data_dir)
    device = bench.taught(application, *_taken(s, np.flatnonzero(~s.test)))
    return {"official split": _percent(device, s, s.test)}


def spectrum_iq(bench: Bench) -> Figures:
    """Detection by signal-to-noise ratio from the energy of I/Q samples, and what theory allows."""
    application, s = prepared("spectrum-iq", bench.data_dir)
    device = bench.taught(application, *_taken(s, np.flatnonzero(~s.test)))
    heard = detection(device.certainty(s.vectors.features), s)
    found = {f"detection at {ratio} dB": 100 * share for ratio, share in heard.items()}
    return found | {f"in theory at {r} dB": 100 * radio.detection(r) for r in radio.RATIOS_DB}


def activity(bench: Bench) -> Figures:
    """The official split of people."""
    application, s = prepared("activity", bench.data_dir)
    device = bench.taught(application, *_taken(s, np.flatnonzero(~s.test)))
    return {"official split": _percent(device, s, s.test)}


def words(bench: Bench) -> Figures:
    """The official split of recordings."""
    application, s = prepared("words", bench.data_dir)
    device = bench.taught(application, *_taken(s, np.flatnonzero(~s.test)))
    return {"official split": _percent(device, s, s.test)}


def speakers(bench: Bench) -> Figures:
    """Each speaker in turn is unknown to the factory, and then says every word five times."""
    application = load("words")
    recordings = _recordings("words", bench.data_dir)
    found: Figures = {}
    for speaker in np.unique(recordings.domain):
        s = prepare(application, replace(recordings, test=recordings.domain == speaker)).samples
        device = bench.shipped(application, *_taken(s, np.flatnonzero(~s.test)))
        found |= _met(bench, (application, device), s, f"speaker {speaker}")
    return found | _all_met(found, "speakers")


def _met(bench: Bench, made: tuple[Application, Device], s: Samples, who: str) -> Figures:
    """The test part of the samples is somebody new, who labels a few of each class.

    The exam is the rest of it that does not overlap what is labelled.
    """
    application, device = made
    n = LABELS_OF_EACH * len(application.classes)
    rows = some_of_each(s.label, s.test, n, bench.rng)
    exam = s.test.copy()
    hop = application.description.hop or application.description.window
    beside = application.description.window // hop - 1
    for away in range(-beside, beside + 1):
        exam[np.clip(rows + away, 0, len(exam) - 1)] = False
    found = {f"{who}, before": _percent(device, s, exam)}
    for how, each in with_others(application, device).items():
        each.live(*_taken(s, rows), _rest(how))
        found[f"{who}, after{how}"] = _percent(each, s, exam)
    return found


def _all_met(found: Figures, who: str) -> Figures:
    """Means over all that were met, and what meeting them gained."""
    out: Figures = {}
    for when in ("before", "after", f"after{BUILT}", f"after{BARE}"):
        values = [value for name, value in found.items() if name.endswith(f", {when}")]
        if values:
            out[f"{who}, {when}"] = float(np.mean(values))
    for how in ("", BUILT, BARE):
        if f"{who}, after{how}" in out:
            out[f"gain{how}"] = out[f"{who}, after{how}"] - out[f"{who}, before"]
    return out


def persons(bench: Bench) -> Figures:
    """Each of the nine people of the test with a new device, and five windows an activity."""
    application, s = prepared("activity", bench.data_dir)
    factory = _taken(s, np.flatnonzero(~s.test))
    taught = bench.taught(application, *factory)
    found: Figures = {}
    for person in np.unique(s.domain[s.test]):
        device = taught.copy()
        bench.ship(application, device, factory)
        new = replace(s, test=s.domain == person)
        found |= _met(bench, (application, device), new, f"person {person}")
    return found | _all_met(found, "persons")


def gas(bench: Bench) -> Figures:
    """Batch 1 in the factory, then every sample of the later ones is tested and learned.

    Beside it the network as it was shipped, with the centres of batch 1 and with centres that
    follow the sensors. Within a batch the order is drawn: in the file, gases come in long runs,
    which a learner need only repeat.
    """
    application, s = prepared("gas", bench.data_dir)
    device = bench.shipped(application, *_taken(s, np.flatnonzero(~s.test)))
    every = with_others(application, device)
    rng, batches = bench.rng, np.unique(s.domain[s.test])
    rows = [rng.permutation(np.flatnonzero(s.domain == batch)) for batch in batches]
    months = [(x, s.label[own]) for x, own in zip(_lived(application, s, rows), rows, strict=True)]
    still = [_percent(device, s, s.domain == batch) for batch in batches]
    alone = [100 * float((device.predict(x) == y).mean()) for x, y in months]
    found = {"frozen": float(np.mean(still)), "frozen, centres follow": float(np.mean(alone))}
    for how, each in every.items():
        learned = [100 * float((each.live(x, y, 0) == y).mean()) for x, y in months]
        found[f"test, then learn{how}"] = float(np.mean(learned))
        found[f"gain{how}"] = found[f"test, then learn{how}"] - found["frozen"]
    return found


def _lived(application: Application, s: Samples, rows: list[Rows]) -> Iterator[X]:
    """Features of these rows, one part after another, by centres that nothing sets back.

    For vectors of one reading alone: what is pushed are the values of the vectors.
    """
    pipeline = Pipeline(application.description)
    pipeline.restore(state_of(application.description, s.vectors.values[~s.test]))
    for part in rows:
        yield pipeline.push(s.vectors.values[part]).features


def spectrum(bench: Bench) -> Figures:
    """Detection by power; then another radio, of which a hundred segments are labelled."""
    application, s = prepared("spectrum", bench.data_dir)
    device = bench.shipped(application, *_taken(s, np.flatnonzero(~s.test)))
    heard = detection(device.certainty(s.vectors.features), s)
    found = {f"detection at {power} dBm": 100 * heard[power] for power in POWERS}
    return found | _other_radio(bench, application, device)


def _other_radio(bench: Bench, application: Application, device: Device) -> Figures:
    recordings = recorded.spectrum(bench.data_dir, OTHER_RADIO)
    # the device's centres are those of the radio that it was made for
    centres = prepare(application, _recordings("spectrum", bench.data_dir)).centres
    s = samples(application.description, recordings, centres)
    own = prepare(application, recordings).samples
    scratch = bench.taught(application, *_taken(own, np.flatnonzero(~own.test)))
    found = {
        "other radio, before": _percent(device, s, s.test),
        "other radio, from scratch": _percent(scratch, own, own.test),
        "other radio, from scratch, balanced": _balanced(scratch, own),
    }
    rows = bench.rng.permutation(np.flatnonzero(~s.test))[:LABELS_OF_A_RADIO]
    for how, each in with_others(application, device).items():
        if how == BARE:  # as built
            continue
        each.live(*_taken(s, rows), _rest(how))
        after = _percent(each, s, s.test)
        found[f"other radio, after{how}"] = after
        found[f"other radio, after, balanced{how}"] = _balanced(each, s)
        share = after / found["other radio, from scratch"]
        found[f"other radio, share of from scratch{how}"] = 100 * share
    return found


def _balanced(device: Device, s: Samples) -> float:
    """The mean over the classes of the share told rightly: 50 is chance."""
    return float(np.mean([_percent(device, s, s.test & (s.label == c)) for c in (0, 1)]))


@dataclass(frozen=True)
class Trial:
    """A trial, of which application, and how many seeds it takes."""

    application: str
    run: Callable[[Bench], Figures]
    seeds: int = 5


TRIALS = {
    "bearing": Trial("bearing", bearing),
    "spectrum": Trial("spectrum", spectrum),
    "activity": Trial("activity", activity),
    "words": Trial("words", words),
    "speakers": Trial("words", speakers),
    "persons": Trial("activity", persons),
    "gas": Trial("gas", gas),
    "spectrum-iq": Trial("spectrum-iq", spectrum_iq),
    "bearing-raw": Trial("bearing-raw", bearing_raw),
    "activity-raw": Trial("activity-raw", activity_raw),
}
QUICK = ("bearing", "spectrum")


@dataclass(frozen=True)
class Goal:
    """What a figure of ours is to reach: `least`, or where `most` is not None at most that."""

    trial: str
    figure: str
    least: float
    at_most: bool = False

    def reached(self, value: float) -> bool:
        """Is it?"""
        return value <= self.least if self.at_most else value >= self.least


GOALS = (
    *(Goal("bearing", f"load {i}, before", v) for i, v in ((1, 96), (2, 88), (3, 80))),
    *(Goal("bearing", f"load {i}, after its own{h}", 97) for h in ("", BUILT) for i in (1, 2, 3)),
    *(Goal("bearing", f"old loads, least change{how}", -1) for how in ("", BUILT)),
    *(
        Goal("spectrum", f"detection at {p} dBm", v)
        for p, v in zip(POWERS, (27, 60, 97, 100), strict=True)
    ),
    Goal("spectrum", "other radio, before", 45, at_most=True),
    *(Goal("spectrum", f"other radio, share of from scratch{how}", 80) for how in ("", BUILT)),
    Goal("activity", "official split", 91),
    Goal("words", "official split", 94),
    *(Goal("speakers", f"gain{how}", 10) for how in ("", BUILT)),
    *(Goal("gas", f"gain{how}", 15) for how in ("", BUILT)),
)
