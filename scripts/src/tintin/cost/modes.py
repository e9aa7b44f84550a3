# SPDX-License-Identifier: Apache-2.0
"""Memory modes: one network with 8, 4 or 0 fraction bits below the int8 of its weights."""

from __future__ import annotations

from dataclasses import dataclass

from tintin import record as records
from tintin.engine import Network, Train
from tintin.fractions import MODES, with_fraction_bits
from tintin.record import Record


@dataclass(frozen=True)
class Mode:
    """A memory mode of a network: bytes a weight, of the arena, of the record that it saves.

    `current`: every layer that learns has these fraction bits already.
    """

    fraction_bits: int
    bytes_a_weight: float
    arena: int
    record: int
    current: bool


def modes(data: bytes, train: Train, batch_log2: int) -> list[Mode]:
    """What the modes of a record cost, the most exact first."""
    record = records.read(data)
    opened = Network(data, train=train, batch_log2=batch_log2)
    used = {layer.fraction_bits for layer in opened.layers if layer.trained}
    return [_mode(record, bits, train, batch_log2, {bits} == used) for bits in MODES]


def _mode(record: Record, bits: int, train: Train, batch_log2: int, current: bool) -> Mode:
    data = records.pack(with_fraction_bits(record, bits))
    network = Network(data, train=train, batch_log2=batch_log2)
    return Mode(bits, 1 + bits / 8, network.arena_size, len(network.save()), current)
