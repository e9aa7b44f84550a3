# SPDX-License-Identifier: Apache-2.0
"""The papers' update rules on NumPy arrays, to hold benchmarks/rules/*.c against in every bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tintin.initial import xorshift32
from twin import loss as engine_loss
from twin.conv2d import Conv2d
from twin.dense import Dense
from twin.fixed import Ints, Tensor, clip, peak
from twin.max_pool import MaxPool
from twin.record import DENSE, MAX_POOL, Layer, read

GUARD = 8
Scale = tuple[int, int, int]


def nearest(v: Ints, shift: int) -> Ints:
    """v / 2^shift, ties upward."""
    return (v + (1 << shift >> 1)) >> shift


def scale_sum(a: Scale, b: Scale) -> Scale:
    """The scale of a product."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


@dataclass
class Scaled:
    """An integer tensor: real = data * 2^s * (4/3)^u * (4/5)^d."""

    data: Ints
    scale: Scale = (0, 0, 0)


class Rule(Protocol):
    """What a paper says of narrowing, the loss and the step."""

    def narrow(self, acc: Scaled) -> Scaled:
        """Accumulators to int8."""

    def loss(self, logits: Scaled, label: int) -> Scaled:
        """The error at the logits."""

    def step(self, weight: Scaled, gradient: Scaled) -> Scaled:
        """The weights after an update."""


class Niti:
    """arXiv 2009.13108."""

    def __init__(self, mu: int, seed: int) -> None:
        self.mu = mu
        self.words = xorshift32(seed)

    def narrow(self, acc: Scaled) -> Scaled:
        shift = max(0, peak(acc.data).bit_length() - 7)
        return Scaled(clip(nearest(acc.data, shift)), scale_sum(acc.scale, (shift, 0, 0)))

    def loss(self, logits: Scaled, label: int) -> Scaled:
        exp = max(-25, min(20, logits.scale[0]))
        z = [int(v) for v in logits.data]
        if exp > -7:
            whole = [int(v * 47274 / 2**15) for v in z]
            base2 = [v << exp if exp >= 0 else int(v / 2**-exp) for v in whole]
            p = [2 ** max(0, v - max(base2) + 10) - 1 for v in base2]
        else:
            p = [2 ** (1 - 2 * exp) + v * 2 ** (1 - exp) + v * v for v in z]
        shares = [v * 2048 // sum(p) for v in p]
        shares[label] -= sum(shares)
        return Scaled(clip(np.array([self._sixteenth(v) for v in shares])))

    def _sixteenth(self, v: int) -> int:
        up = abs(v) % 16 > next(self.words) % 16
        return (abs(v) // 16 + up) * (-1 if v < 0 else 1)

    def step(self, weight: Scaled, gradient: Scaled) -> Scaled:
        shift = peak(gradient.data).bit_length() - self.mu
        g = pseudo_stochastic(gradient.data, shift) if shift > 0 else gradient.data
        return Scaled(clip(weight.data - g), weight.scale)


def pseudo_stochastic(v: Ints, shift: int) -> Ints:
    """v / 2^shift; of the bits dropped, the upper part is rounded by the lower as if random."""
    whole, rest = np.divmod(np.abs(v), 1 << shift)
    upper, lower = np.divmod(rest, 1 << shift // 2)
    return np.sign(v) * (whole + (upper > lower * (1 + shift % 2)))


def by_4_3(v: Ints) -> Ints:
    return v + (v >> 2) + (v >> 4) + (v >> 6)


def by_3_4(v: Ints) -> Ints:
    return (v >> 1) + (v >> 2)


def by_4_5(v: Ints) -> Ints:
    return (v >> 1) + (v >> 2) + (v >> 5) + (v >> 6)


def by_5_4(v: Ints) -> Ints:
    return v + (v >> 2)


class Compound:
    """arXiv 2504.09405."""

    def __init__(self, rate_shift: int) -> None:
        self.rate_shift = rate_shift

    def narrow(self, acc: Scaled) -> Scaled:
        top = peak(acc.data)
        shift = max(0, top.bit_length() - 7)
        down = top >> shift > 112
        v = by_4_5(acc.data << GUARD) if down else acc.data << GUARD
        return Scaled(clip(nearest(v, shift + GUARD)), scale_sum(acc.scale, (shift, 0, -down)))

    def loss(self, logits: Scaled, label: int) -> Scaled:
        z = Tensor(self._aligned(logits, (0, 0, 0)), logits.scale[0] - GUARD)
        error = engine_loss.error(engine_loss.probabilities(z), label, 8)
        return Scaled(error.data, (error.exp, 0, 0))

    def _aligned(self, t: Scaled, to: Scale) -> Ints:
        v = t.data << GUARD
        for have, want, up, down in (
            (t.scale[1], to[1], by_4_3, by_3_4),
            (t.scale[2], to[2], by_4_5, by_5_4),
        ):
            for _ in range(abs(have - want)):
                v = up(v) if have > want else down(v)
        return v

    def step(self, weight: Scaled, gradient: Scaled) -> Scaled:
        shift = weight.scale[0] - gradient.scale[0] + self.rate_shift + GUARD
        g = self._aligned(gradient, weight.scale)
        largest = Scaled(np.array([peak(gradient.data)]), gradient.scale)
        room = int(self._aligned(largest, weight.scale)[0]).bit_length()
        cap = peak(weight.data).bit_length() - 4
        moved = clip(weight.data - nearest(g, max(0, min(62, max(shift, room - cap)))))
        return into_band(Scaled(moved, weight.scale), 32)


def into_band(t: Scaled, low: int) -> Scaled:
    """Scaled by 4/5 or 4/3 until the largest is in low..112."""
    data, (s, u, d) = t.data, t.scale
    while peak(data) > 112:
        data, d = clip(nearest(by_4_5(data << GUARD), GUARD)), d - 1
    while 0 < peak(data) < low:
        data, u = clip(nearest(by_4_3(data << GUARD), GUARD)), u - 1
    return Scaled(data, (s, u, d))


class Twin:
    """A network that learns by a rule, from given weights."""

    def __init__(self, record: bytes, rule: Rule, weights: list[Scaled | None]) -> None:
        content = read(record)
        self.rule, self.weights = rule, weights
        self.input_scale = (content.input_exp, 0, 0)
        self.ops = [_op(layer) for layer in content.layers]

    def learn(self, x: Ints, label: int) -> int:
        """One sample; what was predicted before."""
        values, winners = [Scaled(x.astype(np.int64), self.input_scale)], []
        logits = np.zeros(0)
        for op, weight in zip(self.ops, self.weights, strict=True):
            value, won, logits = self._forward(op, weight, values[-1])
            values.append(value)
            winners.append(won)
        error = self.rule.loss(values[-1], label)
        for i in reversed(range(len(self.ops))):
            error = self._backward(i, values, winners[i], error)
        return int(logits.argmax())

    def _forward(
        self, op: MaxPool | Conv2d | Dense, weight: Scaled | None, a: Scaled
    ) -> tuple[Scaled, Ints | None, Ints]:
        if isinstance(op, MaxPool):
            out, won = op.forward(Tensor(a.data, 0))
            return Scaled(out.data, a.scale), won, out.data
        assert weight is not None
        acc = (op.patches(a.data) @ weight.data.T).reshape(-1)
        out = self.rule.narrow(Scaled(acc, scale_sum(a.scale, weight.scale)))
        return (Scaled(np.maximum(out.data, 0), out.scale) if op.relu else out), None, acc

    def _backward(self, i: int, values: list[Scaled], won: Ints | None, error: Scaled) -> Scaled:
        op, weight, a, y = self.ops[i], self.weights[i], values[i], values[i + 1]
        if isinstance(op, MaxPool):
            return Scaled(op.backward(Tensor(error.data, 0), won).data, error.scale)
        assert weight is not None
        e = error.data * (y.data != 0) if op.relu else error.data
        rows = e.reshape(-1, len(weight.data))
        dx = op.unpatch(rows @ weight.data)
        below = self.rule.narrow(Scaled(dx, scale_sum(error.scale, weight.scale)))
        gradient = Scaled(rows.T @ op.patches(a.data), scale_sum(error.scale, a.scale))
        self.weights[i] = self.rule.step(weight, gradient)
        return below


def _op(layer: Layer) -> MaxPool | Conv2d | Dense:
    if layer.kind == MAX_POOL:
        return MaxPool(layer)
    return (Dense if layer.kind == DENSE else Conv2d)(layer, False)
