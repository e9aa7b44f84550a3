# SPDX-License-Identifier: Apache-2.0
"""The learner on this computer: replay, drift, guard and policy, the very code of the device.

LEARNER.md beside the C code is normative; names and ranges are those of tintin/learner.h.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tintin._engine import ffi, lib
from tintin.engine import ALL, EngineError, Network, Prediction, Train, batch_of, check, sample_of
from tintin.learner_options import (
    METHODS,
    SIGNALS,
    WORK,
    Counters,
    DriftOptions,
    Event,
    GuardOptions,
    Options,
)
from tintin.rate import Rate

__all__ = [
    "METHODS",
    "SIGNALS",
    "WORK",
    "Counters",
    "DriftOptions",
    "Event",
    "GuardOptions",
    "Learner",
    "Options",
    "State",
    "memory_size",
]

_NO_LABEL = -1


class State(NamedTuple):
    """All that a learner is, to be resumed: the network's record and the learner's memory."""

    record: bytes
    memory: bytes


@ffi.def_extern(name="tt_python_permit")  # type: ignore[untyped-decorator]
def _permit(handle: Any, work: int) -> bool:
    return bool(ffi.from_handle(handle)(WORK[work]))


class Learner:
    """A network with a learner above it, in memory of its own.

    The last good state, which the guard goes back to, is a record in this object's memory.

    `network` may be read as one likes (weights, predict, layers), but it is the learner that
    teaches it. `options` has every default filled in. `memory_size` is the learner's memory,
    `replay_size` the part of it that the buffer takes, bytes.
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
        self.options = (options or Options()).filled()
        self.network = _network(record, self.options, train)
        self._options = self.options.to_c()
        self.memory_size = _memory_size(self.network, self._options)
        self._memory = ffi.new("uint32_t[]", (self.memory_size + 3) // 4)
        self._hooks = ffi.new("struct tintin_learner_hooks *")
        self._keep_in_memory(record)
        self._permit_by(permit)
        self._learner = ffi.new("struct tintin_learner *")
        start = lib.tintin_learner_open
        if memory is not None:
            if len(memory) != self.memory_size:
                raise EngineError(-errno.ESTALE, "the learner's memory has another size")
            ffi.memmove(self._memory, memory, len(memory))
            start = lib.tintin_learner_resume
        arguments = (self._options, self._hooks, self._memory, self.memory_size)
        check(start(self._learner, self.network.handle, *arguments))
        block = self._learner.replay
        self.replay_size = int(block.size) if block != ffi.NULL else 0
        self._told = 0

    def _keep_in_memory(self, record: bytes) -> None:
        room = max(len(record), self.network.save_size)
        self._records = [ffi.new("uint32_t[]", (room + 3) // 4) for _ in range(2)]
        ffi.memmove(self._records[0], record, len(record))
        self._keeper = ffi.new("struct tt_keeper *")
        self._keeper.net = self.network.handle
        self._keeper.arena = self.network.arena
        self._keeper.record = [ffi.cast("uint8_t *", r) for r in self._records]
        self._keeper.room, self._keeper.size = room, len(record)
        lib.tt_keeper_hooks(self._keeper, self._hooks)

    def _permit_by(self, permit: Callable[[str], bool] | None) -> None:
        if permit is not None:
            self._permit_handle = ffi.new_handle(permit)
            self._keeper.permit = lib.tt_python_permit
            self._keeper.permit_context = self._permit_handle

    @property
    def last_good(self) -> bytes:
        """The record that a rollback goes back to."""
        return bytes(ffi.buffer(self._keeper.record[self._keeper.current], self._keeper.size))

    def observe(self, x: npt.ArrayLike, label: int | None = None) -> Prediction:
        """One sample, labelled or not: its prediction, made before learning. Work may be due."""
        pointer, n, _held = sample_of(x)
        out = ffi.new("struct tintin_prediction *")
        wanted = _NO_LABEL if label is None else self._label(label)
        check(lib.tintin_learner_observe(self._learner, pointer, n, wanted, out))
        return Prediction(out.label, out.confidence)

    def teach(self, x: npt.ArrayLike, label: int) -> Prediction:
        """A label that came late, for a sample observed without it."""
        pointer, n, _held = sample_of(x)
        out = ffi.new("struct tintin_prediction *")
        check(lib.tintin_learner_teach(self._learner, pointer, n, self._label(label), out))
        return Prediction(out.label, out.confidence)

    def remember(self, x: npt.ArrayLike, label: int) -> None:
        """Put a labelled sample into the buffer without learning from it."""
        pointer, n, _held = sample_of(x)
        check(lib.tintin_learner_remember(self._learner, pointer, n, self._label(label)))

    def slice(self) -> bool:
        """One bounded piece of the work that is due; whether there is more."""
        return check(lib.tintin_learner_slice(self._learner)) == 1

    def run(self) -> int:
        """Slices until nothing is due; how many there were."""
        return int(lib.tt_learner_run(self._learner))

    def stream(self, x: npt.ArrayLike, y: npt.ArrayLike | None = None) -> npt.NDArray[np.uint16]:
        """Observe samples [N, length] in order, running after each until nothing is due.

        `y` [N] has -1 where there is no label. Loops in C without the GIL; the predictions [N]
        were made before learning. Call it on chunks.
        """
        samples, batch = batch_of(x)
        labels = np.full(len(samples), _NO_LABEL) if y is None else np.asarray(y)
        if labels.shape != (len(samples),):
            raise ValueError(f"{len(samples)} samples and {labels.size} labels")
        if labels.size and (labels.min() < _NO_LABEL or labels.max() >= self.network.classes):
            raise EngineError(-errno.EDOM, f"classes 0..{self.network.classes - 1}")
        labels = np.ascontiguousarray(labels, np.int32)
        out = np.zeros((len(samples), 2), np.uint16)
        pointer = ffi.cast("struct tintin_prediction *", ffi.from_buffer(out))
        wanted = ffi.from_buffer("int32_t[]", labels)
        check(lib.tt_learner_stream(self._learner, batch, wanted, pointer))
        return out[:, 0].copy()

    def idle(self, steps: int | None = None) -> int:
        """There is time: steps from the buffer that are now due, and that run() does.

        With `steps`, as many idle periods as that takes, each run to its end; steps done.
        """
        if steps is None:
            return check(lib.tintin_learner_idle(self._learner))
        done = 0
        while done < steps:
            due = check(lib.tintin_learner_idle(self._learner))
            if due == 0:
                break
            self.run()
            done += due
        return done

    def settle(self) -> None:
        """Make the network the last good state: keep what was learned since, or roll it back."""
        self.run()
        check(lib.tintin_learner_settle(self._learner))
        self.run()

    def save(self) -> State:
        """Settle, and give all that there is to be resumed."""
        self.settle()
        check(lib.tintin_learner_seal(self._learner))
        return State(self.last_good, bytes(ffi.buffer(self._memory, self.memory_size)))

    def predict_many(self, x: npt.ArrayLike) -> npt.NDArray[np.uint16]:
        """Classes of samples [N, length]; observes nothing."""
        return self.network.predict_many(x)

    def set_rate(self, rate: Rate | float) -> None:
        """The learning rate; the guard's halvings come on top."""
        value = rate if isinstance(rate, Rate) else Rate.of(rate)
        c_rate = ffi.new("struct tintin_rate *", {"mantissa": value.mantissa, "shift": value.shift})
        check(lib.tintin_learner_set_rate(self._learner, c_rate[0]))

    def close_classes(self, labels: Iterable[int] | None = None) -> None:
        """Close classes, all by default: they are not predicted until a first label opens them.
        The state with them closed is then the last good one."""
        for label in [None] if labels is None else labels:
            wanted = _NO_LABEL if label is None else self._label(label)
            check(lib.tintin_learner_close(self._learner, wanted))

    def erase(self, label: int | None = None) -> None:
        """Erase the buffer's samples, all or of one class."""
        wanted = _NO_LABEL if label is None else self._label(label)
        check(lib.tintin_learner_erase(self._learner, wanted))

    def events(self) -> list[Event]:
        """What happened since the last call; of very many, the newest lib.TT_EVENTS."""
        first = max(self._told, self._keeper.events - lib.TT_EVENTS)
        self._told = self._keeper.events
        return [Event.of(self._keeper.event[i % lib.TT_EVENTS]) for i in range(first, self._told)]

    @property
    def rate(self) -> Rate:
        """The learning rate in force, halvings included."""
        return self.network.rate

    @property
    def slow(self) -> int:
        """Halvings of the rate that the guard has in force."""
        return int(self._learner.state.guard.slow)

    @property
    def counters(self) -> Counters:
        """What was counted since the learner began."""
        return Counters.of(lib.tintin_learner_counters(self._learner))

    @property
    def open_classes(self) -> list[int]:
        """Classes that can be predicted."""
        net = self.network.handle
        return [c for c in range(self.network.classes) if lib.tintin_class_is_open(net, c)]

    def per_class(self) -> npt.NDArray[np.uint32]:
        """[classes, 2]: labelled samples, and those predicted rightly before they were learned."""
        rows = [
            lib.tintin_learner_class(self._learner, label) for label in range(self.network.classes)
        ]
        return np.array([(row.labels, row.hits) for row in rows], np.uint32)

    def buffer(self) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.uint16], npt.NDArray[np.bool_]]:
        """Copies of the buffer's samples [n, length], labels [n], and which are held out [n]."""
        block = self._learner.replay
        slot = ffi.new("struct tintin_slot *")
        n = 0 if block == ffi.NULL else block.count
        length = 0 if block == ffi.NULL else block.shape.length
        x, labels, held = np.empty((n, length), np.int8), np.empty(n, np.uint16), np.empty(n, bool)
        for i in range(n):
            check(lib.tintin_replay_at(block, i, slot))
            x[i] = np.frombuffer(ffi.buffer(slot.x, length), np.int8)
            labels[i], held[i] = slot.label, slot.held
        return x, labels, held

    def _label(self, label: int) -> int:
        if not 0 <= label < self.network.classes:
            raise EngineError(-errno.EDOM, f"{label} of 0..{self.network.classes - 1}")
        return int(label)


def memory_size(record: bytes, options: Options | None = None, *, train: Train = ALL) -> int:
    """Bytes of a learner's memory on any target, before it is opened."""
    filled = (options or Options()).filled()
    return _memory_size(_network(record, filled, train), filled.to_c())


def _network(record: bytes, options: Options, train: Train) -> Network:
    last_only = lib.tintin_method(METHODS.index(options.method)).last_only
    return Network(record, train=[record[6] - 1] if last_only else train, concurrent=True)


def _memory_size(network: Network, options: Any) -> int:
    need = ffi.new("size_t *")
    check(lib.tintin_learner_size(network.handle, options, need))
    return int(need[0])
