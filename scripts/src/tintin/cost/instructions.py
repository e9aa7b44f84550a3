# SPDX-License-Identifier: Apache-2.0
"""Instructions of a learning step on a target, from counts and what each costs there."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from tintin.cost.passes import BACKWARD, FORWARD, UPDATE, Pass, passes
from tintin.cost.trace import Step
from tintin.errors import ModelError
from tintin.model import Model

COEFFICIENTS = "coefficients.json"  # written by benchmarks/fit_cost.py

# Instructions of one pass: by the pass ("conv2d.update"), then by the count ("macs").
Coefficients = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class LayerCost:
    """Instructions of one layer in a step; 0 for a pass that it does not have."""

    forward: float = 0.0
    backward: float = 0.0
    update: float = 0.0

    @property
    def total(self) -> float:
        """All passes."""
        return self.forward + self.backward + self.update


@dataclass(frozen=True)
class StepCost:
    """Instructions of one learning step on a target; `other`: the sample's copy and the loss."""

    target: str
    layers: tuple[LayerCost, ...]
    other: float

    @property
    def forward(self) -> float:
        """Of all layers, without the loss."""
        return sum(layer.forward for layer in self.layers)

    @property
    def total(self) -> float:
        """The whole step."""
        return self.other + sum(layer.total for layer in self.layers)


@dataclass(frozen=True)
class Fitted:
    """The stored coefficients of all targets, and how they were made."""

    made: Mapping[str, object] = field(default_factory=dict)
    targets: Mapping[str, Coefficients] = field(default_factory=dict)


@cache
def fitted() -> Fitted:
    """The coefficients of this package."""
    stored = json.loads(files("tintin.cost").joinpath(COEFFICIENTS).read_text())
    return Fitted(stored["made"], stored["targets"])


def targets() -> list[str]:
    """The processors that have coefficients."""
    return list(fitted().targets)


def coefficients(target: str) -> Coefficients:
    """Those of a target. Raises ModelError for one that was never measured."""
    found = fitted().targets.get(target)
    if found is None:
        raise ModelError(f"--target {target}: must be one of {', '.join(targets())}")
    return found


def predict(target: str, model: Model, learning: Sequence[bool], steps: Iterable[Step]) -> StepCost:
    """Instructions of a learning step like these on average, at batch 1."""
    costs = [dict.fromkeys((FORWARD, BACKWARD, UPDATE), 0.0) for _ in model.wired]
    other, table = 0.0, coefficients(target)
    for one in passes(model, learning, steps):
        value = pass_cost(table, one)
        if one.layer < 0:
            other += value
        else:
            costs[one.layer][one.name] = value
    return StepCost(target, tuple(LayerCost(**cost) for cost in costs), other)


def pass_cost(table: Coefficients, one: Pass) -> float:
    """Instructions of one pass."""
    each = table[one.key]
    return sum(each.get(name, 0.0) * value for name, value in one.counts.items())
