# SPDX-License-Identifier: Apache-2.0
"""Centres that follow their sensor: over a power cycle, back to what was saved or was shipped."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from application_build import Build, lesson
from device import Device
from twister_harness import DeviceAdapter

from tintin.learner import Learner, State
from tintin.link.store import newest
from tintin.signals.pipeline import Pipeline

LEARNER, CENTRES = "TLRN", "PIPE"


@pytest.fixture
def build(device_object: DeviceAdapter) -> Build:
    build = Build.of(Path(device_object.device_config.build_dir))
    if build.application.description.slow == 0:
        pytest.skip(f"the centres of {build.application.name} stay what the factory says")
    return build


class Life:
    """The device, and on the host a learner and one pipeline that nothing ever interrupts."""

    def __init__(self, device: Device, build: Build) -> None:
        self.device, self.build = device, build
        self.begin_afresh()

    def begin_afresh(self) -> None:
        """Out of the factory."""
        self.host: Learner = self.build.learner()
        self.pipeline: Pipeline = self.build.pipeline()

    def teach(self, n: int, seed: int) -> None:
        """Samples with their labels; what each is taken for is compared."""
        for readings, label in self.build.samples(n, seed):
            self.pipeline.restart()
            expected = lesson(self.host, self.pipeline.push(readings).features[-1], label)
            self.device.console.ask("tintin sense restart")
            assert self.device.study(readings.ravel(), label) == expected

    def save(self) -> State:
        """Network, learner and centres in the device's flash are those of the host."""
        self.device.console.ask("tintin save")
        saved = newest(self.device.keep_flash())
        state = self.host.save()
        assert saved.record == self.host.network.save()
        assert saved.companions[LEARNER] == state.memory
        assert saved.companions[CENTRES] == self.pipeline.save()
        return State(saved.record, state.memory)


def test_a_power_cycle_changes_nothing(device: Device, build: Build) -> None:
    life = Life(device, build)
    life.teach(8, seed=11)
    life.save()
    device.power_cycle()
    life.teach(8, seed=12)
    life.save()
    assert not np.array_equal(life.pipeline.centre.mean, build.pipeline().centre.mean)


def test_centres_go_back_with_the_network(device: Device, build: Build) -> None:
    life = Life(device, build)
    life.teach(4, seed=13)
    saved, centres = life.save(), life.pipeline.save()
    life.teach(3, seed=14)
    device.console.ask("tintin load")
    life.host = build.learner(*saved)
    life.pipeline.restore(centres)
    life.teach(3, seed=15)
    life.save()

    device.console.ask("tintin reset")
    life.begin_afresh()
    life.teach(3, seed=16)
    life.save()


def test_without_a_save_a_device_begins_with_the_factory_s(device: Device, build: Build) -> None:
    life = Life(device, build)
    life.teach(3, seed=17)
    device.power_cycle()
    life.begin_afresh()
    life.teach(3, seed=18)
    life.save()
