# SPDX-License-Identifier: Apache-2.0
"""All of a record's state is needed to go on with the same bits; test_lockstep has the promise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tintin import engine
from tintin.model import Rate

from .networks import CLASSES, NETWORKS, noise, settled
from .record import MAX_POOL, Layer, Record, read, write
from .scaling import Scale

KIND = "lenet"
RATE = Rate(8, 3)  # high: the step cap is met now and then
BEFORE, AFTER = 100, 200  # samples; a save in the middle of a window and between two looks


def everywhere(change: Callable[[Layer], Layer]) -> Callable[[Record], Record]:
    """The change in every layer that has a state."""
    return lambda r: replace(
        r, layers=[la if la.kind == MAX_POOL else change(la) for la in r.layers]
    )


def weighted(change: Callable[[Layer], Layer]) -> Callable[[Record], Record]:
    return lambda r: replace(r, layers=[change(la) if la.weighted else la for la in r.layers])


LOSSES = {
    "the random state": lambda r: replace(r, rng=1),
    "the step": lambda r: replace(r, step=0),
    "the shift of activations": everywhere(
        lambda la: replace(la, activation=replace(la.activation, shift=9))
    ),
    "the shift of errors": everywhere(lambda la: replace(la, error=replace(la.error, shift=9))),
    "where a window of activations stood": everywhere(
        lambda la: replace(la, activation=Scale(la.activation.shift))
    ),
    "where a window of errors stood": everywhere(
        lambda la: replace(la, error=Scale(la.error.shift))
    ),
    "the fractions": weighted(lambda la: replace(la, fraction_stored=False, fraction=b"")),
    "the biases": weighted(lambda la: replace(la, bias=la.bias * 0)),
    "how large the weights were at the last look": weighted(
        lambda la: replace(la, weight_bits=la.weight_bits - 3)
    ),
}


def trained(data: bytes, rows: slice) -> bytes:
    """The record after some of BEFORE + AFTER samples."""
    g = np.random.default_rng(4)
    x = noise(g, BEFORE + AFTER, NETWORKS[KIND].input_length)
    y = g.integers(0, CLASSES, BEFORE + AFTER)
    net = engine.Network(data)
    net.learn_many(x[rows], y[rows])
    return net.save()


def planes(data: bytes) -> list[tuple[bytes, bytes]]:
    return [(la.weight.tobytes(), la.fraction) for la in read(data).layers if la.weighted]


@pytest.mark.parametrize("what", LOSSES)
def test_training_resumed_without_one_part_of_the_state_goes_elsewhere(what: str) -> None:
    start = settled(NETWORKS[KIND], RATE)
    half_way = trained(start, slice(BEFORE))
    whole = planes(trained(start, slice(BEFORE + AFTER)))
    assert planes(trained(half_way, slice(BEFORE, None))) == whole
    lossy = write(LOSSES[what](read(half_way)))
    assert planes(trained(lossy, slice(BEFORE, None))) != whole
