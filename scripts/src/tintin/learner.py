# SPDX-License-Identifier: Apache-2.0
"""The learner on this computer: replay, drift, guard and policy, the very code of the device.

LEARNER.md beside the C code is normative; names and ranges are those of tintin/learner.h.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from tintin.engine import ALL, Network, Prediction, Train
from tintin.rate import Rate

METHODS: Final = ("naive", "replay", "latent", "last_layer", "ncm", "ewc")
SIGNALS: Final = ("loss", "confidence", "offset", "amplitude")
WORK: Final = ("label", "replay", "drift", "idle")


@dataclass(frozen=True)
class DriftOptions:
    """Page-Hinkley of one signal, in the signal's own units (threshold 50, delta 0.005, ...)."""

    threshold: float
    delta: float
    fade: float = 0.0001
    settle: int = 30
    mode: str = "both"  # "off", "up", "down" or "both"


@dataclass(frozen=True)
class GuardOptions:
    """Bounds of the guard: struct tintin_guard_options, same names and units. None: the default."""

    loss_bound: int | None = None
    hits_bound: int | None = None
    rescale_bound: int | None = None
    patience: int | None = None
    slow_step: int | None = None
    slow_most: int | None = None
    recover: int | None = None
    evidence: int | None = None


@dataclass(frozen=True)
class Options:
    """struct tintin_learner_options, same names, units and ranges. None: the default of C."""

    method: str = "replay"
    replays: int | None = None
    share: int | None = None
    imprint: int | None = None
    slots: int | None = None
    burst: int | None = None
    drift_steps: int | None = None
    idle_steps: int | None = None
    budget: int | None = None
    period: int | None = None
    pull_log2: int | None = None
    pull_every: int | None = None
    memory: int | None = None
    seed: int | None = None
    guard: GuardOptions = field(default_factory=GuardOptions)
    drift: dict[str, DriftOptions] = field(default_factory=dict)  # by signal; absent: default


class Event(NamedTuple):
    """What happened: kind is "opened", "drift", "kept", "rolled_back", "recovered", "refused" or
    "failed"; `what` names the value where it has a name ("loss", "collapse", "idle", ...), else
    its number."""

    kind: str
    what: str
    value: int
    observed: int
    step: int


@dataclass(frozen=True)
class Counters:
    """struct tintin_counters; alarms by signal name."""

    observed: int
    labels: int
    hits: int
    steps: int
    replayed: int
    judged: int
    bursts: int
    kept: int
    rollbacks: int
    refused: int
    failures: int
    alarms: dict[str, int]


class State(NamedTuple):
    """All that a learner is, to be resumed: the network's record and the learner's memory."""

    record: bytes
    memory: bytes


class Learner:
    """A network with a learner above it, in memory of its own.

    The last good state (what the guard goes back to) is a record in this object's memory.
    """

    def __init__(
        self,
        record: bytes,
        options: Options | None = None,
        *,
        train: Train = ALL,
        memory: bytes | None = None,
        permit: Callable[[str], bool] | None = None,
    ) -> None:
        """Open `record`; with `memory` (of a State) go on where that learner stopped.

        `train` names the layers that the user wants to learn: latent replay stores what enters
        the lowest of them; last_layer and ncm take the last alone. `permit` is asked with one of
        WORK before each piece of learning. Raises EngineError.
        """
        raise NotImplementedError

    network: Network  # read it as you like (weights, predict, layers); let the learner teach it
    options: Options  # with every default filled in
    memory_size: int  # bytes of the learner's memory, buffer included
    replay_size: int  # bytes of the replay block in it
    last_good: bytes  # the record that a rollback goes back to

    def observe(self, x: npt.ArrayLike, label: int | None = None) -> Prediction:
        """One sample, labelled or not: its prediction, made before learning. Work may be due."""
        raise NotImplementedError

    def teach(self, x: npt.ArrayLike, label: int) -> Prediction:
        """A label that came late, for a sample observed without it."""
        raise NotImplementedError

    def remember(self, x: npt.ArrayLike, label: int) -> None:
        """Put a labelled sample into the buffer without learning from it."""
        raise NotImplementedError

    def slice(self) -> bool:
        """One bounded piece of the work that is due; whether there is more."""
        raise NotImplementedError

    def run(self) -> int:
        """Slices until nothing is due; how many there were."""
        raise NotImplementedError

    def stream(self, x: npt.ArrayLike, y: npt.ArrayLike | None = None) -> npt.NDArray[np.uint16]:
        """Observe samples [N, length] in order, running after each until nothing is due.

        `y` [N] has -1 where there is no label. Loops in C without the GIL (unless there is a
        permit); the predictions [N] were made before learning. Call it on chunks.
        """
        raise NotImplementedError

    def idle(self, steps: int | None = None) -> int:
        """There is time: learn from the buffer (run() does it). Steps that are due now.

        With `steps`, as many idle periods as that takes, run to their end."""
        raise NotImplementedError

    def settle(self) -> None:
        """Have the guard judge what was learned since its last judgement, run to the end."""
        raise NotImplementedError

    def save(self, *, settle: bool = True) -> State:
        """Run to the end, settle, and give all that there is to be resumed."""
        raise NotImplementedError

    def predict_many(self, x: npt.ArrayLike) -> npt.NDArray[np.uint16]:
        """Classes of samples [N, length]; observes nothing."""
        raise NotImplementedError

    def set_rate(self, rate: Rate | float) -> None:
        """The learning rate; the guard's halvings come on top."""
        raise NotImplementedError

    def close_classes(self, labels: Iterable[int]) -> None:
        """Close classes: they are not predicted until a first label opens them."""
        raise NotImplementedError

    def erase(self, label: int | None = None) -> None:
        """Erase the buffer's samples, all or of one class."""
        raise NotImplementedError

    def events(self) -> list[Event]:
        """What happened since the last call."""
        raise NotImplementedError

    @property
    def rate(self) -> Rate:
        """The learning rate in force, halvings included."""
        raise NotImplementedError

    @property
    def slow(self) -> int:
        """Halvings of the rate that the guard has in force."""
        raise NotImplementedError

    @property
    def counters(self) -> Counters:
        """What was counted since the learner began."""
        raise NotImplementedError

    @property
    def open_classes(self) -> list[int]:
        """Classes that can be predicted."""
        raise NotImplementedError

    def per_class(self) -> npt.NDArray[np.uint32]:
        """[classes, 2]: labelled samples, and those predicted rightly before they were learned."""
        raise NotImplementedError

    def buffer(self) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint16], npt.NDArray[np.bool_]]:
        """Copies of the buffer's samples [n, length], labels [n], and which are held out [n]."""
        raise NotImplementedError


def memory_size(record: bytes, options: Options | None = None, *, train: Train = ALL) -> int:
    """Bytes of a learner's memory on any target, before it is opened."""
    raise NotImplementedError
