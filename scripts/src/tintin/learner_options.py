# SPDX-License-Identifier: Apache-2.0
"""Options, events and counters of the learner, and how they become those of C."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, NamedTuple

from tintin._engine import ffi, lib
from tintin.errors import InputError

METHODS: Final = ("naive", "replay", "latent", "last_layer", "ncm", "ewc")
SIGNALS: Final = ("loss", "confidence", "offset", "amplitude")
WORK: Final = ("label", "replay", "drift", "idle")
MODES: Final = ("off", "up", "down", "both")
EVENTS: Final = {
    lib.TINTIN_EVENT_OPENED: "opened",
    lib.TINTIN_EVENT_DRIFT: "drift",
    lib.TINTIN_EVENT_KEPT: "kept",
    lib.TINTIN_EVENT_ROLLED_BACK: "rolled_back",
    lib.TINTIN_EVENT_RECOVERED: "recovered",
    lib.TINTIN_EVENT_REFUSED: "refused",
    lib.TINTIN_EVENT_FAILED: "failed",
}
CAUSES: Final = ("none", "loss", "hits", "collapse", "rescale", "patience")
_NAMED: Final = {"drift": SIGNALS, "rolled_back": CAUSES, "refused": WORK}


@dataclass(frozen=True)
class DriftOptions:
    """Page-Hinkley of one signal, in the signal's own units (threshold 50, delta 0.005, ...)."""

    threshold: float
    delta: float
    fade: float = 0.0
    settle: int = 30
    mode: str = "both"  # one of MODES

    def fill(self, c: Any) -> None:
        """Into a struct tintin_drift_options."""
        _set(c, "threshold", round(self.threshold * 2**10))
        _set(c, "delta", round(self.delta * 2**16))
        _set(c, "fade", round(self.fade * 2**24))
        _set(c, "settle", self.settle)
        c.mode = _index(MODES, self.mode, "mode")

    @classmethod
    def of(cls, c: Any) -> DriftOptions:
        """From a struct tintin_drift_options."""
        return cls(c.threshold / 2**10, c.delta / 2**16, c.fade / 2**24, c.settle, MODES[c.mode])


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
    doubt: int | None = None


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

    def to_c(self) -> Any:
        """A struct tintin_learner_options. Raises InputError for a name or number out of range."""
        c = ffi.new("struct tintin_learner_options *")
        lib.tintin_learner_defaults(c)
        c.method = _index(METHODS, self.method, "method")
        _fill(c, self, _PLAIN)
        _fill(c.guard, self.guard, _GUARD)
        for signal, options in self.drift.items():
            options.fill(c.drift[_index(SIGNALS, signal, "signal")])
        return c

    def filled(self) -> Options:
        """The same with every default of C written out."""
        c = self.to_c()
        return replace(
            self,
            **{name: getattr(c, name) for name in _PLAIN},
            guard=GuardOptions(**{name: getattr(c.guard, name) for name in _GUARD}),
            drift={name: DriftOptions.of(c.drift[i]) for i, name in enumerate(SIGNALS)},
        )


_GUARD: Final = tuple(f.name for f in fields(GuardOptions))
_PLAIN: Final = tuple(f.name for f in fields(Options) if f.name not in ("method", "guard", "drift"))


class Event(NamedTuple):
    """What happened: kind is one of EVENTS; `what` names the value where it has a name (a signal,
    a cause, the work refused), else it is the number."""

    kind: str
    what: str
    value: int
    observed: int
    step: int

    @classmethod
    def of(cls, c: Any) -> Event:
        """From a struct tintin_event."""
        kind = EVENTS[c.kind]
        names = _NAMED.get(kind)
        what = names[c.value] if names else str(c.value)
        return cls(kind, what, c.value, c.observed, c.step)


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
    doubted: int
    failures: int
    alarms: dict[str, int]

    @classmethod
    def of(cls, c: Any) -> Counters:
        """From a struct tintin_counters."""
        plain = {f.name: getattr(c, f.name) for f in fields(cls) if f.name != "alarms"}
        return cls(**plain, alarms=dict(zip(SIGNALS, c.alarms, strict=True)))


def _index(names: tuple[str, ...], name: str, what: str) -> int:
    if name not in names:
        raise InputError(f"{what} {name!r} is none of {', '.join(names)}")
    return names.index(name)


def _fill(c: Any, options: object, names: tuple[str, ...]) -> None:
    for name in names:
        value = getattr(options, name)
        if value is not None:
            _set(c, name, value)


def _set(c: Any, name: str, value: int) -> None:
    try:
        setattr(c, name, value)
    except OverflowError:
        raise InputError(f"{name} {value} is out of range") from None
