# SPDX-License-Identifier: Apache-2.0
"""No accumulator overflows: the largest sums a record can ask for are exact, larger refused."""

from __future__ import annotations

import errno
import math

import numpy as np
import pytest

from tintin import engine

from .fixed import peak
from .handmade import dense, network, window
from .lockstep import Pair
from .record import AVG_POOL, CONV2D, MAX_POOL, Layer, Shape
from .scaling import Scale

CERTAIN = 2**24  # a bias of 16.0: the softmax gives all to that class
WRONG = 1  # the class that CERTAIN at 0 makes the least likely


def torn(in_shape: Shape) -> Layer:
    """The last layer: two classes that want opposite inputs, and certain of the first."""
    layer = dense(in_shape, [[127], [-127]])
    layer.bias = np.array([CERTAIN, 0])
    return layer


def over_all(kind: int, h: int, w: int) -> bytes:
    """A pool over its whole input."""
    return network(window(kind, (h, w, 1), (1, 1, 1), (h, w)), torn((1, 1, 1)))


def wide_convolution(outputs: int) -> bytes:
    conv = window(CONV2D, (1, 4, 1), (1, 1, outputs), (1, 4))
    return network(conv, torn(conv.out))


BOUNDS = {
    "fan-in of a dense layer": (network(torn((1, 1, 32768))), network(torn((1, 1, 32769)))),
    "window of a max pool": (over_all(MAX_POOL, 128, 256), over_all(MAX_POOL, 32769, 1)),
    "window of an average pool": (over_all(AVG_POOL, 128, 256), over_all(AVG_POOL, 1, 32769)),
    "outputs times window of a convolution": (wide_convolution(16643), wide_convolution(16644)),
}


@pytest.mark.parametrize("what", BOUNDS)
def test_a_network_just_beyond_an_overflow_bound_is_refused_with_erange(what: str) -> None:
    within, beyond = BOUNDS[what]
    assert engine.record_check(within) == len(within)
    with pytest.raises(engine.EngineError) as refused:
        engine.Network(beyond)
    assert refused.value.errno == errno.ERANGE


def test_the_largest_sum_of_a_forward_pass_is_exact() -> None:
    """32768 inputs of -128, beside the largest bias."""
    layer = torn((1, 1, 32768))
    layer.weight = np.repeat([[-127], [127]], 32768, 1)
    layer.bias = np.array([2**28, -(2**28)])
    layer.weight_exp = -14  # accumulators in units of 2^-21: the bias is doubled
    seen = Pair(network(layer), frozenset({0})).step(np.full(32768, -128, np.int8), WRONG)
    largest = 32768 * 127 * 128 + 2**29
    assert seen.logits.data.tolist() == [largest, -largest]
    assert largest < 2**30


def test_the_largest_sum_of_errors_is_exact() -> None:
    """One input under three taps of 21,845 filters; as many outputs as a tensor can have."""
    first = window(CONV2D, (1, 1, 1), (1, 1, 1), (1, 1))
    filters = window(CONV2D, (1, 1, 1), (1, 3, 21845), (1, 3), pad=(0, 2, 0, 2))
    pool = window(AVG_POOL, filters.out, (1, 1, 21845), (1, 3), error=Scale(20))
    last = torn(pool.out)
    last.error = Scale(7)
    pair = Pair(network(first, filters, pool, last), frozenset({0}))
    seen = pair.step(np.array([1], np.int8), WRONG)
    filters = pair.twin.layers[1]
    errors = seen.errors[1].data.reshape(3, -1)
    assert peak(filters.unpatch(errors @ filters.weight)) == 65535 * 127 * 127 < 2**30


def test_the_largest_sum_of_a_gradient_is_exact() -> None:
    """As many positions of one filter as a tensor can have, of inputs of -128."""
    conv = window(CONV2D, (256, 255, 1), (256, 255, 1), (1, 1))
    pool = window(AVG_POOL, conv.out, (2, 1, 1), (128, 255), stride=(128, 1), error=Scale(6))
    last = torn(pool.out)
    last.error = Scale(7)
    pair = Pair(network(conv, pool, last), frozenset({0, 2}))
    seen = pair.step(np.full(256 * 255, -128, np.int8), WRONG)
    gradient = pair.twin.layers[0].gradient(seen.inputs[0], seen.errors[0])
    assert peak(gradient.weight) == 256 * 255 * 127 * 128 < 2**30


@pytest.mark.parametrize(
    "kernel", [(1, 2), (2, 2), (4, 4), (1, 17), (16, 16), (257, 1), (128, 256)]
)
def test_a_max_pool_sends_its_error_back_to_whichever_input_won(kernel: tuple[int, int]) -> None:
    """Indices of 1, 2, 4, 8 and 16 bits, the largest too."""
    taps = math.prod(kernel)
    conv = window(CONV2D, (*kernel, 1), (*kernel, 1), (1, 1))
    pool = window(MAX_POOL, conv.out, (1, 1, 1), kernel)
    pair = Pair(network(conv, pool, torn(pool.out)), frozenset({0}))
    for winner in {0, taps // 2, taps - 1}:
        x = np.full(taps, -100, np.int8)
        x[winner] = 100
        seen = pair.step(x, WRONG)
        assert np.flatnonzero(seen.errors[0].data).tolist() == [winner]
