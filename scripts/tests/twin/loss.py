# SPDX-License-Identifier: Apache-2.0
"""Softmax cross-entropy: logits to Q15 probabilities and to the int8 error of the last layer."""

from __future__ import annotations

import numpy as np

from .fixed import INT32_MAX, Ints, Tensor, bitlen, clip, int32, peak, round_nearest

ONE = 32768  # 1.0 in Q15
FARTHEST = 16384  # a distance of 16.0 in Q10: beyond it the probability is 0
ERROR_EXP = -18
HALVINGS = np.array([round(ONE * 2 ** (-j / 32)) for j in range(33)], np.int64)


def distances(logits: Tensor) -> Ints:
    """How far each logit lies below the largest, Q10, at most FARTHEST."""
    d = logits.data.max() - logits.data
    assert d.min() >= 0
    assert d.max() < 2**32
    k = logits.exp + 10
    if k >= 0:
        return np.where(d > FARTHEST >> min(k, 14), FARTHEST, d << min(k, 14))
    if -k > 31:
        return np.zeros_like(d)
    return np.minimum(FARTHEST, (d >> -k) + ((d >> (-k - 1)) & 1))


def probabilities(logits: Tensor) -> Ints:
    """Softmax in Q15."""
    u = (distances(logits) * 1477) >> 10
    n, f = u >> 10, u & 1023
    j, q = f >> 5, f & 31
    steps = HALVINGS[j] - (((HALVINGS[j] - HALVINGS[j + 1]) * q) >> 5)
    powers = np.where(n > 15, 0, steps >> np.minimum(n, 15))
    total = int(powers.sum())
    assert ONE <= total <= INT32_MAX
    return int32(powers * (INT32_MAX // total)) >> 16


def error(p: Ints, label: int, mantissa: int) -> Tensor:
    """The error at the logits, times the mantissa of the learning rate."""
    target = np.zeros_like(p)
    target[label] = ONE
    err = int32((p - target) * mantissa)
    s = max(0, bitlen(peak(err)) - 7)
    return Tensor(clip(round_nearest(err, s)), s + ERROR_EXP)
