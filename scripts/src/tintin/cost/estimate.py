# SPDX-License-Identifier: Apache-2.0
"""What a learning step of a record costs on a target: instructions and energy, layer by layer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tintin import record as records
from tintin.cost import energy, instructions
from tintin.cost.assumed import IMAGES, Shares, assume
from tintin.cost.instructions import StepCost
from tintin.cost.observe import observe
from tintin.cost.trace import LOOK_EVERY, Step
from tintin.data import Dataset, load
from tintin.engine import ALL, NONE, Network, Train
from tintin.training import check_fits

SAMPLES = 32  # that are learned from to see where zeros are
ASSUMED = "assumed shares of them and of weights that move, an estimate: --data counts on samples"


@dataclass(frozen=True)
class Question:
    """A target, samples to take the shares of zeros from, and nJ an instruction where the default
    is not wanted.

    `data` names the samples as `tintin train` does, or what `samples` are; without, `shares`.
    """

    target: str
    data: str | None = None
    data_dir: Path | None = None
    nanojoules: float | None = None
    shares: Shares = IMAGES
    samples: Dataset | None = None


@dataclass(frozen=True)
class Estimate:
    """Instructions of one step, what each takes in nJ and says who, and what the zeros are from."""

    cost: StepCost
    nanojoules: float
    energy_source: str
    zeros_from: str

    @property
    def microjoules(self) -> float:
        """Energy of the step."""
        return self.cost.total * self.nanojoules / 1000


def estimate(start: bytes, train: Train, question: Question) -> Estimate:
    """The step of a record at batch 1. With train NONE only what a prediction does."""
    instructions.coefficients(question.target)  # an unknown target is refused first
    record = records.read(start)
    learning = [layer.trained for layer in Network(start, train=train).layers]
    if question.data is None:
        steps, source = assume(record.model, learning, shares=question.shares), ASSUMED
    else:
        steps = _observed(start, train, question)
        source = f"{len(steps)} samples of {question.data}"
    default = energy.SUPPLIES[question.target]
    given = question.nanojoules
    return Estimate(
        instructions.predict(question.target, record.model, learning, steps),
        default.nanojoules if given is None else given,
        default.source if given is None else "as given",
        source,
    )


def _observed(start: bytes, train: Train, question: Question) -> list[Step]:
    """Steps on a data set, from the record's own state on; looks spread over all steps."""
    assert question.data is not None
    content = records.read(start)
    data = question.samples or load(question.data, question.data_dir, content.model.input_exp)
    learner: Train = ALL if train == NONE else train
    check_fits(Network(start, train=learner), data)
    rows = np.random.RandomState(1).permutation(len(data.y_train))[:SAMPLES]
    steps = observe(start, data.x_train[rows], data.y_train[rows], learner)
    return [_looks_spread(step) for step in steps]


def _looks_spread(step: Step) -> Step:
    return tuple(replace(layer, looked=1 / LOOK_EVERY) for layer in step)
