# SPDX-License-Identifier: Apache-2.0
"""The device's learner on the host, put through the same calls: every bit must be the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from device import Device
from patterns import features

from tintin.engine import ALL, Train
from tintin.learner import Learner, Options
from tintin.learner_options import SIGNALS, DriftOptions, GuardOptions
from tintin.link.store import newest

GUARD = set(GuardOptions.__dataclass_fields__)


def drift_of(chosen: dict[str, int]) -> dict[str, DriftOptions]:
    """Take what is told of drift, in the units of C, out of what is told."""
    drift = Options().filled().drift
    for signal in SIGNALS:
        threshold = chosen.pop(f"drift_{signal}_threshold") / 2**10
        delta = chosen.pop(f"drift_{signal}_delta") / 2**16
        drift[signal] = replace(drift[signal], threshold=threshold, delta=delta)
    return drift


def options_of(device: Device) -> Options:
    """The options that the device says it has."""
    learner = device.console.ask("tintin learner")
    chosen = device.console.ask("tintin learner set")
    chosen.pop("ok")
    guard = GuardOptions(**{name: chosen.pop(name) for name in GUARD})
    drift = drift_of(chosen)
    for name in ("method", "slots", "share", "seed"):
        chosen[name] = learner[name]
    return Options(guard=guard, drift=drift, **chosen)


class Twins:
    """A device and its twin. Samples are pixels 0..16; what each is asked is compared at once."""

    def __init__(self, device: Device, record: bytes, train: Train = ALL) -> None:
        self.device = device
        self.train = train
        self.host = Learner(record, options_of(device), train=train)

    def close_classes(self) -> None:
        """Every class waits for its first label."""
        self.device.console.ask("tintin learner close all")
        self.host.close_classes()

    def show(self, sample: np.ndarray) -> None:
        """A window that nobody labels."""
        expected = self.host.observe(features(sample))
        self.host.run()
        assert self.device.predict(sample) == expected.label
        self.device.settled()

    def study(self, sample: np.ndarray, label: int) -> None:
        """A window, and a little later its label."""
        expected = self.host.observe(features(sample))
        self.host.run()
        self.host.teach(features(sample), int(label))
        self.host.run()
        assert self.device.study(sample, int(label)) == expected.label

    def exam(self, samples: np.ndarray, labels: np.ndarray) -> float:
        """Share of hits; with learning off the device's learner sees nothing of it."""
        self.device.console.ask("tintin train off")
        predicted = [self.device.predict(sample) for sample in samples]
        self.device.console.ask("tintin train on")
        assert predicted == self.host.predict_many(features(samples)).tolist()
        return float(np.mean(predicted == labels))

    def set_rate(self, rate: float) -> None:
        """The learning rate as a user means it."""
        self.device.console.ask(f"tintin train rate {rate}")
        self.host.set_rate(rate)

    def idle(self) -> None:
        """Time to learn from the buffer."""
        self.device.console.ask("tintin train idle")
        self.device.settled()
        self.host.idle()
        self.host.run()

    def save(self) -> None:
        """Both save: record and learner's memory are the same bytes."""
        self.device.console.ask("tintin save")
        memory = self.host.save().memory
        saved = newest(self.device.keep_flash())
        assert saved.record == self.host.network.save()
        assert saved.companions["TLRN"] == memory

    def power_cycle(self) -> None:
        """Both go on from what was saved."""
        self.save()
        state = self.host.save()
        self.device.power_cycle()
        record = self.host.network.save()
        self.host = Learner(record, self.host.options, train=self.train, memory=state.memory)

    def compare_metrics(self) -> None:
        """What the device counts is what the host counts."""
        metrics, told = (self.device.console.ask(f"tintin {c}") for c in ("metrics", "learner"))
        counted = self.host.counters
        assert metrics["per_class"] == self.host.per_class().tolist()
        for name in ("observed", "labels", "hits"):
            assert metrics[name] == getattr(counted, name), name
        for name in ("steps", "replayed", "judged", "bursts", "kept", "rollbacks", "refused"):
            assert told[name] == getattr(counted, name), name
        assert told["alarms"] == list(counted.alarms.values())
        assert told["slow"] == self.host.slow
        _, labels, held = self.host.buffer()
        assert (told["samples"], told["held"]) == (len(labels), held.sum())
