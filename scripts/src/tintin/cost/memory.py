# SPDX-License-Identifier: Apache-2.0
"""The arena by part: what the memory of an open network is for, to the byte."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tintin.engine import LayerInfo, Network

WORD = 4  # bytes of an int32, and what every part is aligned to


@dataclass(frozen=True)
class LayerMemory:
    """Bytes of one layer: int8 weights, their fraction plane, biases, the mini-batch's gradient
    sums, and what is kept from forward to backward: its input, or its pool indices.
    """

    weights: int = 0
    fractions: int = 0
    biases: int = 0
    gradient: int = 0
    input_kept: int = 0
    indices: int = 0


@dataclass(frozen=True)
class Plan:
    """Bytes of the arena by part, which add up to it.

    `passing` holds tensors that live for one layer only and take turns: activations and errors
    beside those kept, prediction's when it needs more. `scratch` is what one layer scribbles on.
    """

    layers: tuple[LayerMemory, ...]
    state: int
    weights: int
    fractions: int
    biases: int
    gradient: int
    inputs_kept: int
    indices: int
    passing: int
    scratch: int

    @property
    def total(self) -> int:
        """The arena."""
        planes = self.weights + self.fractions + self.biases + self.gradient
        tensors = self.inputs_kept + self.indices + self.passing
        return self.state + planes + tensors + self.scratch


def plan(network: Network) -> Plan:
    """The parts of a network's arena. Not for one that was opened to predict concurrently."""
    layers = tuple(_layer(info, network.batch_log2) for info in network.layers)
    places = network.workspaces
    planes = sum(info.arena_weights for info in network.layers)
    kept = sum(info.arena_kept for info in network.layers)
    indices = _sum(layers, "indices")
    return Plan(
        layers=layers,
        state=places.tensors - planes,
        weights=_sum(layers, "weights"),
        fractions=_sum(layers, "fractions"),
        biases=_sum(layers, "biases"),
        gradient=_sum(layers, "gradient"),
        inputs_kept=kept - indices,
        indices=indices,
        passing=places.scratch - places.tensors - kept,
        scratch=network.arena_size - places.scratch,
    )


def _layer(info: LayerInfo, batch_log2: int) -> LayerMemory:
    pooled = info.kind == "maxpool"
    indices = info.arena_kept if pooled else 0
    kept = info.arena_kept - indices
    if not info.trained:
        return LayerMemory(input_kept=kept, indices=indices)
    outputs = info.output[2]
    weights = info.parameters - outputs
    return LayerMemory(
        weights=_aligned(weights),
        fractions=_aligned((weights * info.fraction_bits + 7) // 8),
        biases=WORD * outputs,
        gradient=WORD * info.parameters if batch_log2 else 0,
        input_kept=kept,
        indices=indices,
    )


def _aligned(n: int) -> int:
    return n + -n % WORD


def _sum(layers: Sequence[LayerMemory], name: str) -> int:
    return sum(getattr(layer, name) for layer in layers)
