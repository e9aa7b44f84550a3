# SPDX-License-Identifier: Apache-2.0
"""A step of the C engine is on average -rate times the gradient: over many random states."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tintin.model import AvgPool, Conv2d, Dense, MaxPool, Model, Rate

from .moves import STATES, Moves, moves
from .networks import CLASSES

SIGMAS = 5
RATES = {8: Rate(11, 8), 4: Rate(11, 6), 0: Rate(11, 6)}


def model_of(bits: int) -> Model:
    """Each kind of layer once."""
    return Model(
        (8, 8, 2),
        [
            Conv2d(4, (3, 3), padding=(1, 1, 1, 1), relu=True, fraction_bits=bits),
            MaxPool(2),
            Conv2d(6, (2, 2), stride=(1, 2), padding=(1, 0, 0, 0), fraction_bits=bits),
            AvgPool((2, 2), relu=True),
            Dense(8, relu=True, fraction_bits=bits),
            Dense(CLASSES, fraction_bits=bits),
        ],
    )


@cache
def moves_of(bits: int) -> dict[int, Moves]:
    return moves(model_of(bits), RATES[bits])


@pytest.mark.parametrize("bits", RATES)
def test_a_step_of_the_c_engine_is_unbiased_over_random_states(bits: int) -> None:
    """Each weight on its own: within 5 standard errors of the mean of a rounded value."""
    for n, layer in moves_of(bits).items():
        rounding = layer.moved + layer.exact
        assert np.abs(rounding).max() < 1
        share = layer.exact % 1  # how often it rounds up
        error = np.sqrt(share * (1 - share) / STATES)
        few = SIGMAS / STATES  # where a share is so near 0 or 1 that few states round the other way
        assert (np.abs(rounding.mean(0)) <= SIGMAS * error + few).all(), f"layer {n}"


@pytest.mark.parametrize("bits", RATES)
def test_a_step_of_the_c_engine_is_on_average_rate_times_the_float_gradient(bits: int) -> None:
    """Along that gradient, within 4 % and 5 standard errors of the mean over the states."""
    for n, layer in moves_of(bits).items():
        ratios = -(layer.moved * layer.wanted).sum((1, 2)) / (layer.wanted**2).sum()
        error = ratios.std() / np.sqrt(STATES)
        assert error < 0.03
        assert abs(ratios.mean() - 1) <= 0.04 + SIGMAS * error, f"layer {n}"
