# SPDX-License-Identifier: Apache-2.0
"""Where a life begins: random weights, and what the factory made of them."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tintin import record as records
from tintin.engine import Network
from tintin.lifelong.agent import FLOAT, FROZEN_BELOW, Agent, Setup
from tintin.lifelong.float_agent import FloatAgent
from tintin.lifelong.float_mlp import FloatMlp
from tintin.lifelong.integer_agent import IntegerAgent
from tintin.lifelong.scenario import Factory, Scenario
from tintin.rate import Rate


class Ancestor:
    """The network before its life: random weights, taught in the factory where there is one."""

    def __init__(self, scenario: Scenario, setup: Setup, seed: int) -> None:
        model = scenario.model
        if setup.rate is not None:
            model = replace(model, rate=Rate.of(setup.rate))
        self._scenario, self._setup, self._seed = scenario, setup, seed
        self._rate = model.rate
        self._last = len(model.wired) - 1
        self.random = records.write(model, seed + 1)
        self._first = self._last if setup.method in FROZEN_BELOW else 0

    def agent(self) -> Agent:
        """One that begins its life, with what the factory lets it remember."""
        closed, seed = self._scenario.new_classes, self._seed + 1
        agent: Agent
        if self._setup.arithmetic == FLOAT:
            floats = copy.deepcopy(self._floats)
            agent = FloatAgent(floats, self._setup, new_classes=closed, seed=seed)
        else:
            train = list(range(self._first, self._last + 1))
            agent = IntegerAgent(self._record, train, self._setup, new_classes=closed, seed=seed)
        factory = self._scenario.factory
        if factory is not None:
            own = self._setup.remembered
            shipped = slice(factory.remembered if own is None else own)
            agent.remember(factory.x[shipped], factory.y[shipped])
        return agent

    @cached_property
    def _record(self) -> bytes:
        factory = self._scenario.factory
        return self.random if factory is None else self._taught(factory)

    @cached_property
    def _floats(self) -> FloatMlp:
        floats = FloatMlp(self.random)
        if self._scenario.factory is not None:
            _teach_floats(floats, self._scenario.factory, self._seed)
        floats.first = self._first
        floats.rate = np.float32(float(self._rate))
        return floats

    def _taught(self, factory: Factory) -> bytes:
        network = Network(self.random)
        for order, rate in _passes(factory, self._seed):
            network.set_rate(rate)
            network.learn_many(factory.x[order], factory.y[order])
        network.set_rate(self._rate)
        return network.save()


def _passes(factory: Factory, seed: int) -> list[tuple[npt.NDArray[np.intp], float]]:
    """The order and rate of each pass: the rate is halved for each of the last two."""
    n = factory.passes
    rates = [factory.rate * 2.0 ** -max(0, 3 - (n - i)) for i in range(n)]
    orders = [np.random.RandomState([seed, i, 7]).permutation(len(factory.y)) for i in range(n)]
    return list(zip(orders, rates, strict=True))


def _teach_floats(network: FloatMlp, factory: Factory, seed: int) -> None:
    x = network.latents(factory.x)
    for order, rate in _passes(factory, seed):
        network.rate = np.float32(float(Rate.of(rate)))
        for i in order:
            network.learn(network.activations(x[i]), int(factory.y[i]))
