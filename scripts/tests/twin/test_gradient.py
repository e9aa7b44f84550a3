# SPDX-License-Identifier: Apache-2.0
"""The integer gradient, before it is rounded to the weights, is the float one.

What differs: activations and errors have 8 bits; an error may be clipped by up to 2 where its
scale lags behind (gradient clipping), which shows where windows overlap and errors add up.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tintin.float_reference import FloatArray
from tintin.model import Model, Rate

from .float_reference import Weights, backward, gradients
from .network import Network, Pass
from .networks import (
    CLASSES,
    NETWORKS,
    everything,
    noise,
    real_activations,
    real_gradient,
    real_weights,
    settled,
    unclipped,
)

SAMPLES = 48


def cosine(a: FloatArray, b: FloatArray) -> float:
    return float((a * b).sum() / (np.linalg.norm(a) * np.linalg.norm(b)))


def norm_ratio(a: FloatArray, b: FloatArray) -> float:
    return float(np.linalg.norm(a) / np.linalg.norm(b))


Pairs = dict[tuple[int, str], list[tuple[FloatArray, FloatArray]]]
Reference = Callable[[Pass, NDArray[np.int8], int], Weights]


def pairs(net: Network, model: Model, reference: Reference) -> Pairs:
    """Per layer and tensor: (integer, float) gradients of SAMPLES samples."""
    g, found = np.random.default_rng(3), {}
    for _ in range(SAMPLES):
        x, label = noise(g, model.input_length), int(g.integers(CLASSES))
        seen = net.learn(x, label)
        wanted = reference(seen, x, label)
        for n in net.trained:
            ours = real_gradient(net, seen, n)
            for name in vars(ours):
                both = getattr(ours, name), getattr(wanted[n], name)
                found.setdefault((n, name), []).append(both)
    return found


@pytest.mark.parametrize("kind", NETWORKS)
def test_each_sample_s_gradient_is_the_float_one_given_the_same_decisions(kind: str) -> None:
    """Decisions: which ReLU is open, which input a max pool takes.

    Half of the samples are within 0.003 in direction and 2 % in size; the errors of a sample that
    are small beside those of others have fewer of the 8 bits.
    """
    model = NETWORKS[kind]
    net = everything(unclipped(settled(model, Rate(11, 24))))
    weights = real_weights(net)

    def reference(seen, x, label):
        return backward(model, weights, real_activations(model, seen), label)

    for (n, name), both in pairs(net, model, reference).items():
        cosines, ratios = ([of(*pair) for pair in both] for of in (cosine, norm_ratio))
        assert min(cosines) >= 0.95, f"{name} of layer {n}"
        assert ratios == pytest.approx(np.ones(SAMPLES), abs=0.15), f"{name} of layer {n}"
        assert np.median(cosines) >= 0.997, f"{name} of layer {n}"
        assert np.median(ratios) == pytest.approx(1, abs=0.02), f"{name} of layer {n}"


@pytest.mark.parametrize("kind", NETWORKS)
def test_the_gradients_of_many_samples_add_up_to_those_of_the_float_network(kind: str) -> None:
    """It decides for itself: otherwise where an activation is near 0 or two are nearly equal."""
    model = NETWORKS[kind]
    net = everything(settled(model, Rate(11, 24)))
    weights = real_weights(net)

    def reference(seen, x, label):
        return gradients(model, weights, np.ldexp(x.astype(float), model.input_exp), label)

    for (n, name), both in pairs(net, model, reference).items():
        ours, wanted = (np.sum(side, 0) for side in zip(*both, strict=True))
        assert cosine(ours, wanted) >= 0.96, f"{name} of layer {n}"
        assert norm_ratio(ours, wanted) == pytest.approx(1, abs=0.15), f"{name} of layer {n}"
