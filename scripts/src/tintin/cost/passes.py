# SPDX-License-Identifier: Apache-2.0
"""A learning step as the passes of its layers, each with its counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tintin.cost import counts
from tintin.cost.counts import Counts
from tintin.cost.trace import Step
from tintin.model import MaxPool, Model

FORWARD, BACKWARD, UPDATE = "forward", "backward", "update"


@dataclass(frozen=True)
class Pass:
    """Something that takes instructions: `op` is "dense", ..., "loss" or "begin".

    Of a layer, or of none (-1). Counts are means over the steps.
    """

    layer: int
    op: str
    name: str
    counts: Counts

    @property
    def key(self) -> str:
        """By which a target's coefficients are known."""
        return f"{self.op}.{self.name}"


def passes(model: Model, learning: Sequence[bool], steps: Iterable[Step]) -> list[Pass]:
    """All passes of a step, means over steps; learning: which layers do."""
    sums: dict[tuple[int, str, str], defaultdict[str, float]] = {}
    total = 0
    for step in steps:
        total += 1
        for one in _of_step(model, learning, step):
            place = sums.setdefault((one.layer, one.op, one.name), defaultdict(float))
            for name, value in one.counts.items():
                place[name] += value
    return [
        Pass(*place, {name: value / total for name, value in found.items()})
        for place, found in sums.items()
    ]


def _of_step(model: Model, learning: Sequence[bool], step: Step) -> Iterable[Pass]:
    first = min((i for i, learns in enumerate(learning) if learns), default=len(step))
    placed = [
        (wired, replace(met, masked=masked(model, wired.index), learns=wired.index >= first))
        for wired, met in zip(model.wired, step, strict=True)
    ]
    yield Pass(-1, "begin", FORWARD, counts.begin(model.wired[0], len(step)))
    for wired, met in placed:
        kind = wired.layer.kind
        yield Pass(wired.index, kind, FORWARD, counts.FORWARD[kind](wired, met))
    yield Pass(-1, "loss", FORWARD, counts.loss(model.wired[-1]))
    for wired, met in reversed(placed):
        kind = wired.layer.kind
        if met.error is None or wired.index < first:
            continue
        if wired.index > first:
            yield Pass(wired.index, kind, BACKWARD, counts.BACKWARD[kind](wired, met))
        if learning[wired.index]:
            yield Pass(wired.index, kind, UPDATE, counts.UPDATE[kind](wired, met))


def masked(model: Model, index: int) -> bool:
    """Whether layer `index` reads a ReLU's output, maybe through max pools."""
    layers = [wired.layer for wired in model.wired[:index]]
    while layers and isinstance(layers[-1], MaxPool):
        layers.pop()
    return bool(layers) and not isinstance(layers[-1], MaxPool) and layers[-1].relu
