# SPDX-License-Identifier: Apache-2.0
"""Random weights to begin with: within their bound, and centred where a layer asks for it."""

from __future__ import annotations

import numpy as np
import pytest

from tintin import record as records
from tintin.description import from_data, to_data
from tintin.errors import ModelError
from tintin.initial import random_layers
from tintin.layers import Conv2d, Dense, MaxPool
from tintin.model import Model
from tintin.planes import masters_of


def network(centred: bool, fraction_bits: int = 8, bounded: bool = False) -> Model:
    how = {"fraction_bits": fraction_bits, "bounded": bounded, "centred": centred}
    layers = [Conv2d(5, (3, 3), relu=True, **how), MaxPool((2, 2)), Dense(7, **how)]
    return Model((12, 12, 2), layers)


def masters(model: Model, seed: int) -> list[np.ndarray]:
    return [
        masters_of(data.planes, wired.layer.fraction_bits)
        for wired, data in zip(model.wired, random_layers(model, seed)[0], strict=True)
        if data.planes is not None
    ]


@pytest.mark.parametrize("bits", [8, 4, 0])
@pytest.mark.parametrize("bounded", [False, True])
def test_the_weights_of_a_centred_output_sum_to_0_within_their_rounding(
    bits: int, bounded: bool
) -> None:
    for seed in range(1, 20):
        plain = masters(network(False, bits, bounded), seed)
        for before, after in zip(plain, masters(network(True, bits, bounded), seed), strict=True):
            limit = 127 << bits
            assert np.abs(after).max() <= limit
            clipped = (np.abs(after) == limit).sum(axis=1) * np.abs(before.mean(axis=1))
            assert (np.abs(after.sum(axis=1)) <= after.shape[1] / 2 + clipped).all()


def test_it_is_said_in_the_description_and_not_in_the_record() -> None:
    model = network(True)
    assert from_data(to_data(model)) == model
    assert [
        layer.centred for layer in from_data(to_data(model)).layers if layer.kind == "dense"
    ] == [True]
    content = records.read(records.write(model, 3))
    assert not any(getattr(layer, "centred", False) for layer in content.model.layers)
    with pytest.raises(ModelError, match="centred"):
        Dense(3, centred="yes")  # type: ignore[arg-type]
