# SPDX-License-Identifier: Apache-2.0
"""One life: a scenario lived through by one agent, and what is to be said about it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tintin.engine import Network
from tintin.lifelong import metrics
from tintin.lifelong.agent import Agent, Happening, Setup
from tintin.lifelong.ancestor import Ancestor
from tintin.lifelong.scenario import NO_LABEL, Exam, Scenario, Stage

LOOKS = 10  # exams in a stage
GLANCE = 300  # samples of an exam that are looked at within a stage

Floats = npt.NDArray[np.float64]
Progress = Callable[[int], None]


@dataclass
class Life:
    """What was seen. Accuracies are shares of 1, times are in samples observed."""

    scenario: str
    setup: Setup
    seed: int
    stages: list[str]
    exams: list[str]
    before: Floats  # [exams], of the first network
    matrix: Floats  # [stages, exams], after each (the factory is the first of them)
    looks: list[int] = field(default_factory=list)
    curve: list[list[float]] = field(default_factory=list)  # [looks][exams]
    look_stage: list[int] = field(default_factory=list)
    hits: list[npt.NDArray[np.bool_]] = field(default_factory=list)  # by stage, before learning
    frozen: list[float] = field(default_factory=list)  # the same of the network as shipped
    happenings: list[Happening] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)  # of the stages
    memory_bytes: int = 0
    steps: int = 0
    seconds: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)


def live(scenario: Scenario, setup: Setup, seed: int, progress: Progress = lambda n: None) -> Life:
    """Live through a scenario; `progress` hears of samples as they go by."""
    began = time.perf_counter()
    network = Ancestor(scenario, setup, seed)
    life = _begin(scenario, setup, seed, network)
    agent = network.agent()
    if scenario.factory is not None:
        life.matrix[0] = _exams(agent, scenario.exams)
    life.frozen = [_share(agent, stage) for stage in scenario.stages]
    _look(life, agent, scenario.exams, -1)
    first = len(life.stages) - len(scenario.stages)
    for i, stage in enumerate(scenario.stages):
        if scenario.apart and i > 0:
            _end(life, agent)
            agent = network.agent()
        _live_stage(life, agent, scenario, stage, progress)
        life.matrix[first + i] = _exams(agent, scenario.exams)
    _end(life, agent)
    life.seconds = time.perf_counter() - began
    life.metrics = _metrics(life, scenario)
    return life


def _end(life: Life, agent: Agent) -> None:
    began = life.ends[-2] if len(life.ends) > 1 and life.steps else 0
    life.happenings += [h._replace(observed=h.observed + began) for h in agent.happenings()]
    life.memory_bytes = max(life.memory_bytes, agent.memory_bytes)
    life.steps += agent.steps


def _begin(scenario: Scenario, setup: Setup, seed: int, network: Ancestor) -> Life:
    shipped = ["factory"] if scenario.factory is not None else []
    stages = [*shipped, *(stage.name for stage in scenario.stages)]
    exams = [exam.name for exam in scenario.exams]
    blank = Network(network.random, train="none")
    before = [float((blank.predict_many(e.x) == e.y).mean()) for e in scenario.exams]
    matrix = np.zeros((len(stages), len(exams)))
    return Life(scenario.name, setup, seed, stages, exams, np.array(before), matrix)


def _live_stage(
    life: Life, agent: Agent, scenario: Scenario, stage: Stage, progress: Progress
) -> None:
    number = len(life.hits)
    hits = []
    for rows in np.array_split(np.arange(len(stage.truth)), LOOKS):
        if len(rows):
            hits.append(agent.stream(stage.x[rows], stage.labels[rows]) == stage.truth[rows])
        _look(life, agent, scenario.exams, number, len(rows))
        progress(len(rows))
    agent.idle(stage.idle if life.setup.idle is None else life.setup.idle)
    agent.settle()
    if stage.power_cycle:
        agent.power_cycle()
    life.hits.append(np.concatenate(hits) if hits else np.zeros(0, np.bool_))
    life.ends.append(life.looks[-1])


def _look(life: Life, agent: Agent, exams: tuple[Exam, ...], stage: int, samples: int = 0) -> None:
    now = (life.looks[-1] if life.looks else 0) + samples
    life.looks.append(now)
    life.look_stage.append(stage)
    life.curve.append([_accuracy(agent, e.x[:GLANCE], e.y[:GLANCE]) for e in exams])


def _exams(agent: Agent, exams: tuple[Exam, ...]) -> list[float]:
    return [_accuracy(agent, exam.x, exam.y) for exam in exams]


def _accuracy(agent: Agent, x: npt.NDArray[np.int8], y: npt.NDArray[np.int32]) -> float:
    return float((agent.predict_many(x) == y).mean())


def _share(agent: Agent, stage: Stage) -> float:
    return _accuracy(agent, stage.x, stage.truth) if len(stage.truth) else float("nan")


def _metrics(life: Life, scenario: Scenario) -> dict[str, float]:
    found = {"average_accuracy": metrics.average_accuracy(life.matrix)}
    if scenario.tasks:
        found |= _task_metrics(life)
    asked = [h for h, s in zip(life.hits, scenario.stages, strict=True) if _has_labels(s)]
    if asked:
        shares = [metrics.prequential_accuracy(h) for h in asked]
        found["prequential_accuracy"] = metrics.prequential_accuracy(np.concatenate(asked))
        found["stage_prequential_accuracy"] = float(np.mean(shares))
        frozen = [f for f, s in zip(life.frozen, scenario.stages, strict=True) if _has_labels(s)]
        found["frozen_prequential_accuracy"] = float(np.mean(frozen))
    found["learning_curve_area"] = metrics.learning_curve_area(_own_curves(life))
    found["alarms"] = sum(h.kind == "drift" for h in life.happenings)
    found["rollbacks"] = sum(h.kind == "rolled_back" for h in life.happenings)
    found["memory_bytes"] = life.memory_bytes
    found["steps"] = life.steps
    return found


def _has_labels(stage: Stage) -> bool:
    return bool((stage.labels != NO_LABEL).any())


def _task_metrics(life: Life) -> dict[str, float]:
    r = life.matrix
    return {
        "incremental_accuracy": metrics.incremental_accuracy(r),
        "forgetting": metrics.forgetting(r),
        "peak_forgetting": metrics.peak_forgetting(r),
        "backward_transfer": metrics.backward_transfer(r),
        "forward_transfer": metrics.forward_transfer(r, life.before),
        "own_accuracy": metrics.own_accuracy(r),
        "later_accuracy": metrics.later_accuracy(r),
        "unadapted_accuracy": metrics.unadapted_accuracy(r),
    }


def _own_curves(life: Life) -> list[Floats]:
    """Of each stage, the accuracy on its own exam (on all of them, where it has none)."""
    curve = np.array(life.curve)
    square = life.matrix.shape[0] == life.matrix.shape[1]
    first = len(life.stages) - len(life.hits)
    curves = []
    for i in range(len(life.hits)):
        at = np.flatnonzero(np.array(life.look_stage) == i)
        rows = np.concatenate(([at[0] - 1], at))
        column = curve[rows, first + i] if square else curve[rows].mean(axis=1)
        curves.append(column)
    return curves
