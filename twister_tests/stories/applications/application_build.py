# SPDX-License-Identifier: Apache-2.0
"""Which application a build is, its network on the host, and signals for its sensor."""

from __future__ import annotations

import contextlib
import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from tintin.data.places import ENVIRONMENT
from tintin.engine import Network
from tintin.errors import DataError
from tintin.learner import Learner
from tintin.signals import learning
from tintin.signals.application import Application, load
from tintin.signals.pipeline import Pipeline
from tintin.signals.pretrain import recordings_of
from tintin.signals.recordings import Recordings
from tintin.signals.synthetic import recordings

APP = Path(__file__).resolve().parents[3] / "app"
MODEL = re.compile(r'^CONFIG_APP_MODEL="(applications/([\w-]+)/model\.tt)"$', re.MULTILINE)


@dataclass(frozen=True)
class Build:
    """An application as it was built."""

    application: Application
    folder: Path

    @classmethod
    def of(cls, build_dir: Path) -> Build:
        """By the configuration in a build folder."""
        found = MODEL.search((build_dir / "zephyr" / ".config").read_text())
        assert found, f"{build_dir}: no application's model in its configuration"
        return cls(load(found[2]), (APP / found[1]).parent)

    @property
    def record(self) -> bytes:
        """The network that the firmware starts with."""
        return (self.folder / "model.tt").read_bytes()

    def network(self) -> Network:
        """It, to be asked."""
        return Network(self.record)

    def learner(self, record: bytes | None = None, memory: bytes | None = None) -> Learner:
        """As the firmware has it: out of the factory, or from what was saved."""
        device = self.application.device
        how = {"train": learning.layers(device), "memory": memory}
        return Learner(record or self.record, learning.options(device), **how)

    def pipeline(self) -> Pipeline:
        """The front ends with the centres of the factory."""
        pipeline = Pipeline(self.application.description)
        pipeline.restore((self.folder / "model.centres").read_bytes())
        return pipeline

    @cached_property
    def signals(self) -> Recordings:
        """Real recordings where $TINTIN_DATA has them, synthetic ones elsewhere."""
        if ENVIRONMENT in os.environ:
            with contextlib.suppress(DataError):
                return recordings_of(self.application, None, 1)
        return recordings(self.application, seed=2)

    def samples(self, n: int, seed: int) -> list[tuple[np.ndarray, int]]:
        """Readings of one vector each, and their classes: recordings of the test, by chance."""
        d = self.application.description
        length = (d.frames - 1) * (d.hop or d.window) + d.window
        rng = np.random.default_rng(seed)
        chosen = rng.choice(np.flatnonzero(self.signals.test), n)
        whole = self.signals.readings
        return [(whole[i][:length], int(self.signals.label[i])) for i in chosen]


def lesson(host: Learner, x: np.ndarray, label: int) -> int:
    """A vector, and a little later its label, with all that it makes due; what was predicted."""
    predicted = host.observe(x).label
    host.run()
    host.teach(x, label)
    host.run()
    return int(predicted)
