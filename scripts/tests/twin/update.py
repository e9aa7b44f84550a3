# SPDX-License-Identifier: Apache-2.0
"""Gradient to weights: in place at batch 1, through a buffer in a mini-batch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .fixed import SATURATED, Ints, bitlen, exponent, int32, limit, peak, round_nearest
from .master import Master
from .random_words import Xorshift32, carried

BUFFER_BITS = 6  # the fraction bits of a mini-batch's gradient


@dataclass(frozen=True)
class Gradient:
    """One sample's, before the rate: weights [O][K] times 2^exp, biases times 2^error_exp."""

    weight: Ints
    bias: Ints
    live: Ints  # [O], not 0 where an output has any error
    exp: int
    error_exp: int
    by_row: bool  # only one row exists at a time: each has its own step cap

    @staticmethod
    def of(errors: Ints, patches: Ints, exps: tuple[int, int], by_row: bool) -> Gradient:
        """From errors [positions][O] and what the MACs read, [positions][K]."""
        weight, bias = int32(errors.T @ patches), int32(errors.sum(0))
        live = np.abs(errors).max(0)
        return Gradient(weight, bias, live, exponent(*exps), exps[0], by_row)


def weight_shift(master: Master, gradient: Gradient, rate_shift: int) -> int:
    """s_true: right shift from the gradient to the master's last bit."""
    return master.exp - master.bits + rate_shift - gradient.exp


def bias_shift(gradient: Gradient, rate_shift: int) -> int:
    return rate_shift - 20 - gradient.error_exp


def capped(shift: int, gradient: Ints, master: Master) -> int:
    """The step cap: no weight moves by more than 1/16 of the largest."""
    return max(shift, bitlen(peak(gradient)) - master.cap_bits)


def update_now(master: Master, g: Gradient, rate_shift: int, rng: Xorshift32) -> None:
    """Batch 1."""
    shift = weight_shift(master, g, rate_shift)
    outputs = len(g.bias)
    height = 1 if g.by_row else outputs
    for o in range(0, outputs, height):
        rows = slice(o, o + height)
        s = capped(shift, g.weight[rows], master)
        master.subtract(rows, carried(g.weight[rows], s, g.live[rows], rng))
    master.subtract_bias(round_nearest(g.bias, bias_shift(g, rate_shift)))
    master.rescale()


class Batch:
    """The gradient of a mini-batch of 2^log2 samples in the units of one layer's master."""

    def __init__(self, master: Master, log2: int) -> None:
        self.master, self.log2 = master, log2
        self.weight = np.zeros_like(master.m)
        self.bias = np.zeros_like(master.bias)

    def _add(self, total: Ints, g: Ints, shift: int) -> Ints:
        addend = round_nearest(g, shift + self.log2 - BUFFER_BITS)
        return limit(int32(total + limit(addend, SATURATED >> self.log2)), SATURATED)

    def add(self, g: Gradient, rate_shift: int) -> None:
        self.weight = self._add(self.weight, g.weight, weight_shift(self.master, g, rate_shift))
        self.bias = self._add(self.bias, g.bias, bias_shift(g, rate_shift))

    def apply(self, rng: Xorshift32) -> None:
        s = capped(BUFFER_BITS, self.weight, self.master)
        every = np.ones_like(self.bias)
        self.master.subtract(slice(None), carried(self.weight, s, every, rng))
        self.master.subtract_bias(round_nearest(self.bias, BUFFER_BITS))
        self.master.rescale()
        self.weight[:] = 0
        self.bias[:] = 0
